"""Where the program finds its pages, its browser files and its fonts.

A leaf: anybody may import it, it imports nothing of ours. In a checkout the pages are read live from `web/`;
an installed wheel carries them as `server/_web`. Third-party files lie in the package `coltiva_vendor`, which
the build hook makes; nothing of theirs is tracked and nothing is fetched at run time.
"""

import hashlib
import importlib.resources
import json
from functools import cache
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent / "web"
_INSTALLED = Path(__file__).resolve().parent / "_web"


def web(*parts: str) -> Path:
    """A file or folder of ours under `web/`: templates, static, translations."""
    return _web_root().joinpath(*parts)


def path(kind: str) -> Path:
    """The folder of one kind: `templates`, `static`, `translations` or `vendor`."""
    match kind:
        case "templates" | "static" | "translations":
            return web(kind)
        case "vendor":
            return vendor()
    raise ValueError(f"no assets of the kind {kind!r}")


def vendor(*parts: str) -> Path:
    """A third-party file. Raises ModuleNotFoundError where the project was never installed."""
    root = importlib.resources.files("coltiva_vendor")
    assert isinstance(root, Path), "the package has an __init__.py and is never zipped"
    return root.joinpath(*parts)


def fonts() -> dict[str, bytes]:
    """The fonts for paper, by name, as bytes: `printables` opens no files."""
    return {name: vendor(f"{name}.ttf").read_bytes() for name in ("NotoSans-Regular", "NotoSans-Bold")}


def stale() -> str | None:
    """One sentence saying what to do when the browser files are not those that this checkout asks for."""
    try:
        made_from: dict[str, str] = json.loads(vendor("manifest.json").read_bytes())["sources"]
    except (ModuleNotFoundError, FileNotFoundError):
        return "The browser files are missing; run: python3 run.py"
    if not _CHECKOUT.joinpath("package-lock.json").is_file():
        return None  # an installed wheel carries the files it was built with
    for name, digest in made_from.items():
        # Line ends differ between checkouts; the text does not.
        text = _CHECKOUT.joinpath(name).read_bytes().replace(b"\r\n", b"\n")
        if hashlib.sha256(text).hexdigest() != digest:
            return f"The browser files are older than web/{name}; run: python3 run.py"
    return None


@cache
def version() -> str:
    """Ten hexadecimal digits that change with any static or third-party file; they stand in static URLs.

    It is read once: a running program keeps its URLs. Contents count, not times, so that every process behind
    one proxy and every start says the same.
    """
    digest = hashlib.sha256(vendor("manifest.json").read_bytes())
    static = web("static")
    for file in sorted(static.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(static).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:10]


def _web_root() -> Path:
    return _CHECKOUT if _CHECKOUT.joinpath("package-lock.json").is_file() else _INSTALLED
