"""Letters over a private line: STARTTLS and TLS with a certificate, with a password, and what is said when it fails."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from server.domain.messages import MessageState
from server.services import reminders, workbench
from tests.conftest import REQUIRED
from tests.mornings import Morning
from tests.services.test_reminders import REMINDER, Office, _open, _port, _send, _set, _states

# The line is private from its first byte, which the library does not see.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key and a certificate of this computer."""
    if shutil.which("openssl") is None:
        if REQUIRED:
            pytest.fail("openssl is needed here to make a certificate")
        pytest.skip("install openssl to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return folder


class PrivateOffice(Office):
    """Keeps beside each letter whether its line was private; may hang up before it says that it took one."""

    def __init__(self) -> None:
        super().__init__()
        self.private: list[bool] = []
        self.hangs_up = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        """Keep a letter."""
        self.private.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        taken = await super().handle_DATA(server, session, envelope)
        if self.hangs_up:
            server.transport.abort()
        return taken


def _judge(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.login == b"anna" and data.password == b"basil")


@pytest.fixture
def office() -> PrivateOffice:
    return PrivateOffice()


@pytest.fixture(params=["starttls", "tls"])
def line(
    request: pytest.FixtureRequest, office: PrivateOffice, morning: Morning, certificate: Path
) -> Iterator[Controller]:
    """A server that takes letters over a private line only, and from whom it knows; the group's settings name it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    more = {"tls_context": context, "require_starttls": True} if request.param == "starttls" else {}
    plain = {} if request.param == "starttls" else {"ssl_context": context, "auth_require_tls": False}
    controller = _open(office, authenticator=_judge, auth_required=True, **more, **plain)
    _set(morning.ctx, _port(controller), smtp_security=request.param, smtp_user="anna", smtp_password="basil")
    workbench.stop_all()  # the next child believes what this test says
    yield controller
    controller.stop()
    workbench.stop_all()


@pytest.fixture
def believed(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer knows who signed the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "certificate.pem"))


def _problems(morning: Morning) -> set[str]:
    return {each.problem for each in reminders.listed(morning.ctx, morning.meeting_id, REMINDER)} - {""}


def test_letters_go_over_a_private_line_with_a_password_once(
    believed: None, line: Controller, office: PrivateOffice, morning: Morning
) -> None:
    assert _send(morning, "Mira", "Max") == 2
    assert (_states(morning)["Mira"], _states(morning)["Max"]) == (MessageState.SENT, MessageState.SENT)
    assert sorted(letter["To"] for letter in office.taken) == ["max@example.org", "mira@example.org"]
    assert office.private == [True, True]
    assert _send(morning, "Mira", "Max") == 0, "nobody gets a second one"
    assert len(office.taken) == 2


def test_a_server_whose_name_nobody_vouches_for_gets_nothing(
    line: Controller, office: PrivateOffice, morning: Morning
) -> None:
    _send(morning, "Mira", "Max")
    assert _problems(morning) == {"mail_not_private"}
    assert _states(morning)["Mira"] is MessageState.FAILED, "and can be sent again"
    assert office.taken == []


def test_a_wrong_password_loses_nothing_and_the_right_one_sends_it(
    believed: None, line: Controller, office: PrivateOffice, morning: Morning
) -> None:
    settings = {"smtp_security": morning.ctx.settings.smtp_security, "smtp_user": "anna"}
    _set(morning.ctx, _port(line), smtp_password="parsley", **settings)
    _send(morning, "Mira", "Max")
    assert _problems(morning) == {"mail_sign_in_refused"}
    assert office.taken == []
    _set(morning.ctx, _port(line), smtp_password="basil", **settings)
    assert _send(morning, "Mira", "Max") == 2
    assert _problems(morning) == set()
    assert len(office.taken) == 2


def test_a_letter_of_a_line_that_broke_has_the_same_number_when_it_is_sent_again(
    believed: None, line: Controller, office: PrivateOffice, morning: Morning
) -> None:
    office.hangs_up = True
    _send(morning, "Mira")
    assert _problems(morning) == {"mail_line_lost"}
    office.hangs_up = False
    assert _send(morning, "Mira") == 1
    assert _states(morning)["Mira"] is MessageState.SENT
    first, second = office.taken
    assert first["Message-ID"] == second["Message-ID"], "so that a mail program shows one"
