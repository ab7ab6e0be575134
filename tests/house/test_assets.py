"""The browser files and fonts that the build hook installs, and how the program finds them and its pages."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from server import assets

POLISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
ITALIAN = "àèéìíîòóùúÀÈÉÌÍÎÒÓÙÚ"
SECTIONS = ("files", "subsets", "tests")


def _letters(name: str) -> set[str]:
    font = TTFont(io.BytesIO(assets.vendor(name).read_bytes()))
    return {chr(code) for code in font.getBestCmap()}


def _vendor_list() -> dict[str, dict[str, object]]:
    wanted: dict[str, dict[str, object]] = json.loads(assets.web("vendor.json").read_text(encoding="utf-8"))
    return wanted


def test_every_file_that_the_vendor_list_names_is_installed_as_it_was_fetched():
    manifest = json.loads(assets.vendor("manifest.json").read_bytes())
    recorded = manifest["files"] | manifest["tests"]
    named = {name for section in SECTIONS for name in _vendor_list()[section]}
    assert recorded.keys() == named
    changed = [n for n in named if hashlib.sha256(assets.vendor(n).read_bytes()).hexdigest() != recorded[n]]
    assert changed == []


def test_every_package_that_we_pass_on_comes_with_its_licence():
    packages = set()
    for section in SECTIONS:
        for entry in _vendor_list()[section].values():
            source = entry["source"] if isinstance(entry, dict) else entry
            parts = str(source).split("/")
            packages.add(parts[1] if parts[0].startswith("@") else parts[0])
    licences = {path.stem: path.read_text(encoding="utf-8") for path in assets.vendor("licenses").iterdir()}
    assert packages <= licences.keys()
    for name, text in licences.items():
        assert "Permission is hereby granted" in text or "License" in text, name


def test_names_in_polish_and_italian_are_set_whole_in_the_display_font():
    latin, extended = _letters("aleo-latin.woff2"), _letters("aleo-latin-ext.woff2")
    assert set(POLISH + ITALIAN) <= latin | extended
    assert set(ITALIAN) <= latin, "an Italian page loads one file"
    assert set("ABCXYZabcxyz0123456789 –—’„”€×") <= latin


def test_the_display_font_is_small_and_spans_the_weights_the_pages_use():
    for name, limit in (("aleo-latin.woff2", 19_000), ("aleo-latin-ext.woff2", 4_500)):
        assert assets.vendor(name).stat().st_size < limit
        axis = TTFont(assets.vendor(name))["fvar"].axes[0]
        assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", 500, 700)


def test_the_fonts_for_paper_carry_names_from_all_over_europe():
    for name, content in assets.fonts().items():
        letters = {chr(code) for code in TTFont(io.BytesIO(content)).getBestCmap()}
        assert set(POLISH + ITALIAN + "ßøåřžőűșțăćđίςЖщ€–„”") <= letters, name


def test_the_code_reader_finds_the_files_it_imports():
    reader = assets.vendor("zxing", "reader", "index.js")
    assert 'from "../share.js"' in reader.read_text(encoding="utf-8")
    assert (reader.parent.parent / "share.js").is_file()
    assert assets.vendor("zxing", "zxing_reader.wasm").read_bytes()[:4] == b"\0asm"


def test_each_kind_of_asset_has_its_folder():
    assert assets.path("templates") == assets.web("templates")
    assert assets.path("static") == assets.web() / "static"
    assert assets.path("vendor") == assets.vendor()
    with pytest.raises(ValueError, match="pictures"):
        assets.path("pictures")


def test_a_checkout_reads_its_pages_live_and_an_installed_wheel_its_own_copy(monkeypatch, tmp_path):
    assert assets.web("vendor.json").is_file()
    monkeypatch.setattr(assets, "_CHECKOUT", tmp_path)
    assert assets.web("static", "css") == Path(assets.__file__).parent / "_web" / "static" / "css"


def test_up_to_date_browser_files_are_not_complained_about():
    assert assets.stale() is None


def test_browser_files_older_than_the_lock_are_named_with_the_way_out(monkeypatch, tmp_path):
    for name in json.loads(assets.vendor("manifest.json").read_bytes())["sources"]:
        (tmp_path / name).write_bytes(assets.web(name).read_bytes())
    monkeypatch.setattr(assets, "_CHECKOUT", tmp_path)
    assert assets.stale() is None
    lock = tmp_path / "package-lock.json"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert assets.stale() is None, "line ends alone do not make files old"
    lock.write_bytes(lock.read_bytes() + b" ")
    assert assets.stale() == "The browser files are older than web/package-lock.json; run: python3 run.py"


def test_missing_browser_files_are_said_in_one_sentence(monkeypatch):
    def gone(*parts: str) -> Path:
        raise ModuleNotFoundError("coltiva_vendor")

    monkeypatch.setattr(assets, "vendor", gone)
    assert assets.stale() == "The browser files are missing; run: python3 run.py"


def test_static_urls_change_when_a_page_changes(monkeypatch, tmp_path):
    (tmp_path / "package-lock.json").write_text("{}", encoding="ascii")
    script = tmp_path / "static" / "js" / "door.js"
    script.parent.mkdir(parents=True)
    monkeypatch.setattr(assets, "_CHECKOUT", tmp_path)

    def version_with(text: str) -> str:
        script.write_text(text, encoding="ascii")
        assets.version.cache_clear()
        return assets.version()

    try:
        first, second, again = version_with("one"), version_with("two"), version_with("one")
    finally:
        assets.version.cache_clear()
    assert first == again != second
    assert len(first) == 10
