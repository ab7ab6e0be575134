"""Settings: their order, and one sentence for each that cannot be used."""

from pathlib import Path

import pytest

from server.config import SettingsError, load


def test_a_flag_beats_the_environment_and_the_environment_the_file(tmp_path: Path) -> None:
    (tmp_path / "coltiva.toml").write_text('port = 1000\nhost = "10.0.0.1"\nbase_url = "https://a.example"\n')
    environ = {"COLTIVA_PORT": "2000", "COLTIVA_HOST": "10.0.0.2", "COLTIVA_TEST_POSTGRES": "ignored"}
    settings = load({"instance": str(tmp_path), "port": 3000, "host": None}, environ)
    assert (settings.port, settings.host, settings.base_url) == (3000, "10.0.0.2", "https://a.example")


def test_the_database_lies_in_the_instance_unless_told_otherwise(tmp_path: Path) -> None:
    assert load({"instance": str(tmp_path)}, {}).database_url == f"sqlite:///{tmp_path.resolve() / 'coltiva.db'}"


@pytest.mark.parametrize(
    ("file", "environ", "flags", "says"),
    [
        ("colour = 1\n", {}, {}, "coltiva.toml has a setting that Coltiva does not know: colour"),
        ("port = [\n", {}, {}, "coltiva.toml cannot be read"),
        ("host = 7\n", {}, {}, "host must be a text"),
        ("", {"COLTIVA_COLOUR": "red"}, {}, "COLTIVA_COLOUR"),
        ("", {"COLTIVA_PORT": "breakfast"}, {}, "port must be a number"),
        ("", {}, {"port": 70000}, "between 0 and 65535"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(
    tmp_path: Path, file: str, environ: dict[str, str], flags: dict[str, object], says: str
) -> None:
    (tmp_path / "coltiva.toml").write_text(file)
    with pytest.raises(SettingsError, match=says):
        load({"instance": str(tmp_path)} | flags, environ)


def test_a_folder_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        load({"instance": str(tmp_path / "file")}, {})
