"""Settings: flags over environment over `instance/coltiva.toml` over defaults. Fails at start, never at first use."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import platformdirs


class SettingsError(Exception):
    """A setting is unknown or cannot be used; the text is one sentence for the person at the console."""


@dataclass(frozen=True)
class Settings:
    """Everything the program is told before it starts."""

    instance: Path
    """Folder of the database, the installation key and the exports."""
    host: str = "0.0.0.0"
    """Address to listen on."""
    port: int = 8090
    """TCP port; `demo` tries the next nine, `serve` refuses a taken one."""
    database: str = ""
    """SQLAlchemy URL; empty means SQLite in the instance folder."""
    redis: str = ""
    """URL of a Redis that carries news between several processes; empty means one process."""
    base_url: str = ""
    """Scheme and name printed into badges; the group's own setting comes first."""
    max_per_code: int = 10
    """Sockets that may hold one display code at a time."""
    transport: str = "own"
    """What carries the sockets: our "own", or "stock" as the way back."""
    smtp_host: str = ""
    """Mail server that sends for the group; empty means messages are copied or go by one's own mail program."""
    smtp_port: int = 587
    """Its port."""
    smtp_security: str = "starttls"
    """How the line is made private: "starttls", "tls" from the first byte, or "none" on this computer only."""
    smtp_user: str = ""
    """Who signs in there; empty means nobody."""
    smtp_password: str = field(default="", repr=False)
    """With which password; better in the environment than in a file."""
    mail_from: str = ""
    """The address that messages come from."""
    demo: bool = False
    """True only for `coltiva demo`: a made-up group and one-time links on the console."""

    @property
    def database_url(self) -> str:
        """The URL really used."""
        return self.database or f"sqlite:///{self.instance / 'coltiva.db'}"


TRANSPORTS = ("stock", "own")
SECURITIES = ("starttls", "tls", "none")
_NUMBERS = frozenset({"port", "max_per_code", "smtp_port"})
_FROM_OUTSIDE = {f.name for f in fields(Settings)} - {"instance", "demo"}
_READ_ELSEWHERE = frozenset({"COLTIVA_INSTANCE"})


def default_instance() -> Path:
    """`instance/` of a checkout; for an installed wheel the user's data folder."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "instance"
    return platformdirs.user_data_path("coltiva")


def load(flags: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from all sources.

    Raises SettingsError for an unknown key, a wrong type or an instance folder that cannot be written.
    """
    instance = Path(
        str(flags.get("instance") or environ.get("COLTIVA_INSTANCE") or default_instance())
    ).resolve()
    merged = {**_from_file(instance / "coltiva.toml"), **_from_environment(environ)}
    merged |= {key: value for key, value in flags.items() if value is not None and key != "instance"}
    settings = Settings(instance=instance)
    for key, value in merged.items():
        settings = replace(settings, **{key: _typed(key, value)})  # type: ignore[arg-type]  # checked by _typed
    _check_writable(instance)
    return settings


def _from_file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}.") from error
    unknown = sorted(set(found) - _FROM_OUTSIDE)
    if unknown:
        raise SettingsError(f"{path.name} has a setting that Coltiva does not know: {unknown[0]}.")
    return found


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in environ.items():
        if not name.startswith("COLTIVA_") or name.startswith("COLTIVA_TEST_") or name in _READ_ELSEWHERE:
            continue
        key = name.removeprefix("COLTIVA_").lower()
        if key not in _FROM_OUTSIDE:
            raise SettingsError(f"The environment has a setting that Coltiva does not know: {name}.")
        found[key] = value
    return found


def _typed(key: str, value: object) -> object:
    if key in _NUMBERS:
        try:
            number = int(str(value))
        except ValueError:
            raise SettingsError(f"The setting {key} must be a number, not {value!r}.") from None
        if not 0 <= number <= 65535:
            raise SettingsError(f"The setting {key} must lie between 0 and 65535, not {number}.")
        return number
    if key == "demo":
        return bool(value)
    if not isinstance(value, str):
        raise SettingsError(f"The setting {key} must be a text, not {value!r}.")
    if key == "transport" and value not in TRANSPORTS:
        raise SettingsError(f"The setting transport must be {' or '.join(TRANSPORTS)}, not {value!r}.")
    if key == "smtp_security" and value not in SECURITIES:
        raise SettingsError(f"The setting smtp_security must be {', '.join(SECURITIES[:-1])} or none, not {value!r}.")
    if key == "database" and value and not value.startswith(("sqlite:///", "postgresql")):
        raise SettingsError("The setting database must begin with sqlite:/// or postgresql://.")
    return value


def _check_writable(instance: Path) -> None:
    try:
        instance.mkdir(parents=True, exist_ok=True)
        probe = instance / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"The folder {instance} cannot be written ({error.strerror}); choose another with --instance."
        ) from error
