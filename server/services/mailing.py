"""Letters on their way to the group's mail server: in a thread that waits for the child, portion by portion.

Whoever sends says what is to be noted of each letter. The child sends in small portions, so that paper gets its turn.
"""

import threading
from collections.abc import Callable, Sequence
from email.utils import format_datetime

from server.domain.errors import RuleViolation
from server.services import workbench
from server.services.context import Context, Json

PORTION = 8
"""Letters that the child sends at one go."""
SEND_SECONDS = 120.0
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where letters may go over a line that is not private: to this very computer."""
Settle = Callable[[Context, Sequence[str], str], None]
"""Notes of letters, by uid, what went wrong with them; an empty word: the server took them."""


def is_set_up(ctx: Context) -> bool:
    """Whether a mail server sends for the group."""
    return bool(ctx.settings.smtp_host and ctx.settings.mail_from)


def check(ctx: Context) -> None:
    """Whether letters may go. Raises RuleViolation("mail_not_set_up" | "mail_not_private")."""
    if not is_set_up(ctx):
        raise RuleViolation("mail_not_set_up")
    if ctx.settings.smtp_security == "none" and ctx.settings.smtp_host not in HERE:
        raise RuleViolation("mail_not_private", host=ctx.settings.smtp_host)


def dispatch(ctx: Context, post: Sequence[Json], name: str, settle: Settle) -> None:
    """Send letters `{uid, to, subject, text}` in the name of a group; answers before they are sent."""
    if not post:
        return
    thread = threading.Thread(target=_deliver, args=(ctx, post, name, settle), daemon=True)
    _threads[:] = [each for each in _threads if each.is_alive()]
    _threads.append(thread)
    thread.start()


_threads: list[threading.Thread] = []


def wait() -> None:
    """Until everything that was begun here is over."""
    while _threads:
        _threads.pop().join()


def _deliver(ctx: Context, post: Sequence[Json], name: str, settle: Settle) -> None:
    """The thread that waits for the child, portion by portion."""
    settings = ctx.settings
    server = {
        "host": settings.smtp_host,
        "port": settings.smtp_port,
        "security": settings.smtp_security,
        "user": settings.smtp_user,
        "password": settings.smtp_password,
    }
    for at in range(0, len(post), PORTION):
        portion = post[at : at + PORTION]
        asked = {
            "server": server,
            "sender": settings.mail_from,
            "name": name,
            "now": format_datetime(ctx.now()),
            "letters": portion,
        }
        problem = "mail_line_lost"
        try:
            workbench.desk.do(
                "mail.send",
                asked,
                on_progress=lambda told: settle(ctx, [told["uid"]], told["problem"]),
                limit=SEND_SECONDS,
            )
        except RuleViolation as refused:
            problem = refused.code
        # Whatever the child said nothing about did not go.
        settle(ctx, [letter["uid"] for letter in portion], problem)
        if problem != "mail_line_lost":
            settle(ctx, [letter["uid"] for letter in post[at:]], problem)
            return
