"""Letters to a mail server, one after the other, with a word about each. Nothing of a letter is kept or logged."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from server.domain.errors import RuleViolation
from server.jobs import Job, Json, Tell

TIMEOUT = 15.0
"""Seconds for one word of the mail server."""


def send(arguments: Json, tell: Tell) -> Json:
    """`{server: {host, port, security, user, password}, sender, name, now, letters: [{uid, to, subject, text}]}` →
    `{sent}`. Tells `{uid, problem}` of each letter, the problem empty when the server took it.

    Refuses with `mail_unreachable`, `mail_not_private` or `mail_sign_in_refused` before any letter went.
    """
    sent = 0
    with _signed_in(arguments["server"]) as line:
        for letter in arguments["letters"]:
            if tell.enough():
                break
            problem = _one(line, _written(arguments, letter))
            sent += not problem
            tell({"uid": letter["uid"], "problem": problem})
    return {"sent": sent}


@contextlib.contextmanager
def _signed_in(server: Json) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    host, port = server["host"], server["port"]
    try:
        if server["security"] == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        else:
            line = smtplib.SMTP(host, port, timeout=TIMEOUT)
    except ssl.SSLError:
        raise RuleViolation("mail_not_private", host=host) from None
    except (OSError, smtplib.SMTPException):
        raise RuleViolation("mail_unreachable", host=host) from None
    with line:
        if server["security"] == "starttls":
            try:
                line.starttls(context=context)
            except (OSError, smtplib.SMTPException):
                raise RuleViolation("mail_not_private", host=host) from None
        if server["user"]:
            try:
                line.login(server["user"], server["password"])
            except (OSError, smtplib.SMTPException):
                raise RuleViolation("mail_sign_in_refused", host=host) from None
        yield line


def _written(arguments: Json, letter: Json) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    sender = arguments["sender"]
    local, _, domain = sender.partition("@")
    message["From"] = Address(arguments["name"], local, domain)
    message["To"] = letter["to"]
    message["Subject"] = " ".join(letter["subject"].split())
    message["Date"] = arguments["now"]
    message["Message-ID"] = f"<{letter['uid']}@{domain}>"
    message.set_content(letter["text"])
    return message


def _one(line: smtplib.SMTP, message: EmailMessage) -> str:
    """The problem with a letter, in one word; empty when it went."""
    try:
        line.send_message(message)
    except smtplib.SMTPRecipientsRefused:
        return "mail_address_refused"
    except smtplib.SMTPServerDisconnected:
        return "mail_line_lost"
    except (smtplib.SMTPException, OSError, ValueError):
        # ValueError: an address that no mail can carry.
        return "mail_refused"
    return ""


JOBS: dict[str, Job] = {"send": send}
"""The jobs of this module by name."""
