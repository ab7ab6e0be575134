"""How the project is installed: what is pinned, what is tracked, what `run.py` and a wheel promise."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import server

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
INDEX_ADDRESS = re.compile(r"(pypi|pythonhosted|npmjs|yarnpkg)[.](org|com)")
THIRD_PARTY = re.compile(r"\.(min\.js|min\.css|wasm|woff2?|ttf|otf|eot)$|(^|/)(node_modules|vendor)/")


def _tracked() -> list[str]:
    if not (ROOT / ".git").exists():  # an unpacked archive: what was tracked, and what was made here since
        made_here = {".venv", "build", "dist", "instance", "node_modules"}
        paths = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return [p.as_posix() for p in paths if p.parts[0] not in made_here and "__pycache__" not in p.parts]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _run_py() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coltiva_run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def starter(monkeypatch, tmp_path):
    """`run.py` whose .venv lies elsewhere and whose pip, venv and program only take notes."""
    module = _run_py()
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "python")
    module.calls = []

    def make_venv() -> None:
        module.calls.append("venv")
        module.PYTHON.parent.mkdir(exist_ok=True)
        module.PYTHON.touch()

    def pip(*arguments: str) -> int:
        module.calls.append(arguments[-1])
        return 0

    def become(arguments: list[str]) -> int:
        module.calls.append(arguments)
        return 0

    monkeypatch.setattr(module, "_make_venv", make_venv)
    monkeypatch.setattr(module, "_pip", pip)
    monkeypatch.setattr(module, "_become", become)
    monkeypatch.chdir(ROOT)
    return module


def test_no_third_party_file_is_tracked():
    assert [name for name in _tracked() if THIRD_PARTY.search(name)] == []


def test_no_tracked_file_names_an_index_or_registry():
    texts = ((name, (ROOT / name).read_text(encoding="utf-8", errors="replace")) for name in _tracked())
    assert [name for name, text in texts if INDEX_ADDRESS.search(text)] == []


def test_the_lock_of_the_browser_files_pins_every_package_by_hash_and_names_no_address():
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_every_direct_browser_package_is_pinned_exactly():
    package = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    versions = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_requirements_are_exact_hashed_and_free_of_options(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?! )", text.strip()) if entry]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def _pins(name: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    text = (ROOT / name).read_text(encoding="utf-8")
    for package, version in re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE):
        pins.setdefault(package, set()).add(version)
    return pins


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def test_the_pins_hold_every_declared_dependency_and_tests_run_on_the_same_ones():
    plain, with_tests = _pins("requirements.txt"), _pins("requirements-test.txt")
    assert {_name(r) for r in PROJECT["project"]["dependencies"]} <= plain.keys()
    assert {_name(r) for r in PROJECT["dependency-groups"]["test"]} <= with_tests.keys()
    assert {package: with_tests.get(package) for package in plain} == plain


def test_the_exact_dependency_is_the_one_that_is_pinned():
    exact = [r.split(" ")[0] for r in PROJECT["project"]["dependencies"] if "==" in r]
    assert [_name(r) for r in exact] == ["python-engineio"]
    assert _pins("requirements.txt")["python-engineio"] == {exact[0].split("==")[1]}


# Import names that differ from the distribution's, and what comes with a declared one by its own contract.
PROVIDED_BY = {
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "babel": "flask-babel",
    "dateutil": "python-dateutil",
    "engineio": "python-engineio",
    "fontTools": "fonttools",
    "greenlet": "gevent",
    "importlinter": "import-linter",
    "jinja2": "flask",
    "markupsafe": "flask",
    "socketio": "flask-socketio",
    "werkzeug": "flask",
    "zxingcpp": "zxing-cpp",
}


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def _undeclared(folders: tuple[str, ...], requirements: list[str]) -> set[tuple[str, str]]:
    declared = {_name(requirement) for requirement in requirements}
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    beside_a_test = {file.stem for file in (ROOT / "tests").rglob("*.py")}
    ours = {"server", "printables", "tests", "coltiva_vendor"} | beside_a_test
    return {
        (file.relative_to(ROOT).as_posix(), name)
        for file in files
        for name in _imports(file) - ours - sys.stdlib_module_names
        if PROVIDED_BY.get(name, name.replace("_", "-")) not in declared
    }


def test_the_program_imports_only_what_it_declares():
    assert _undeclared(("server", "printables"), PROJECT["project"]["dependencies"]) == set()


def test_the_tests_import_only_what_is_declared():
    groups = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["test"]
    assert _undeclared(("tests",), groups) == set()


def test_version_licence_and_command_are_said_once_and_alike():
    assert PROJECT["project"]["version"] == server.__version__
    assert PROJECT["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert PROJECT["project"]["scripts"] == {"coltiva": "server.__main__:main"}


def test_an_old_python_is_refused_in_one_sentence():
    refusal = _run_py().refusal
    assert refusal((3, 10, 13)) == "Coltiva needs Python 3.11 or newer; this is Python 3.10."
    assert refusal((2, 7, 18)) == "Coltiva needs Python 3.11 or newer; this is Python 2.7."
    assert refusal((3, 11, 0)) is None
    assert refusal((4, 0, 0)) is None


def test_run_py_needs_the_standard_library_only():
    assert _imports(ROOT / "run.py") <= sys.stdlib_module_names


def test_the_first_start_installs_and_the_second_only_starts(starter):
    assert starter.main([]) == 0
    assert starter.calls == ["venv", "requirements.txt", ".", ["-P", "-m", "server", "demo"]]
    starter.calls.clear()
    assert starter.main(["serve", "--port", "9000"]) == 0
    assert starter.calls == [["-P", "-m", "server", "serve", "--port", "9000"]]


def test_what_the_tests_need_is_added_once_and_serves_a_plain_start_too(starter):
    starter.main([])
    starter.calls.clear()
    starter.main(["test", "-k", "door"])
    assert starter.calls == ["requirements-test.txt", ["-m", "pytest", "-k", "door"]]
    starter.calls.clear()
    starter.main(["test"])
    starter.main([])
    assert starter.calls == [["-m", "pytest", "-n", "2", "--dist", "loadfile"], ["-P", "-m", "server", "demo"]]


def test_an_installation_that_broke_off_is_repeated_and_starts_nothing(starter, monkeypatch, capsys):
    whole = starter._pip
    monkeypatch.setattr(starter, "_pip", lambda *arguments: 1)
    assert starter.main([]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    monkeypatch.setattr(starter, "_pip", whole)
    starter.calls.clear()
    assert starter.main([]) == 0
    assert starter.calls == ["venv", "requirements.txt", ".", ["-P", "-m", "server", "demo"]]


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.txt", "web/package-lock.json"])
def test_a_change_in_what_is_installed_installs_anew(starter, monkeypatch, tmp_path, name):
    for deciding in starter.DECIDING:
        (tmp_path / deciding).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / deciding, tmp_path / deciding)
    monkeypatch.setattr(starter, "ROOT", tmp_path)
    starter.main([])
    starter.calls.clear()
    with (tmp_path / name).open("ab") as changed:
        changed.write(b"\n")
    starter.main([])
    assert starter.calls == ["venv", "requirements.txt", ".", ["-P", "-m", "server", "demo"]]


DISPATCH = """
import sys, types
import server
server.cli = sys.modules["server.cli"] = types.ModuleType("server.cli")
def main(arguments):
    patched = "gevent" in sys.modules and sys.modules["gevent"].monkey.is_module_patched("socket")
    print(*arguments, patched)
    return 7
server.cli.main = main
from server.__main__ import main
sys.exit(main())
"""


SERVING = {"serve": True, "demo": True, "rehearse": True, "plan": False, "print": False}


@pytest.mark.parametrize(("verb", "patched"), SERVING.items())
def test_only_what_serves_sockets_is_patched_and_the_exit_code_is_the_commands(verb, patched):
    command = [sys.executable, "-P", "-c", DISPATCH, verb, "--some", "option"]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (run.stdout, run.stderr, run.returncode) == (f"{verb} --some option {patched}\n", "", 7)


@pytest.mark.slow
def test_a_built_wheel_carries_code_pages_and_browser_files_but_nothing_for_tests(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT],
        check=True,
    )
    (wheel,) = tmp_path.glob("coltiva-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = [n for n in _tracked() if n.startswith(("server/", "printables/"))]
    pages = [n for n in _tracked() if n.startswith(("web/templates/", "web/static/", "web/translations/"))]
    assert {*ours, *(n.replace("web/", "server/_web/", 1) for n in pages)} <= names
    listed = json.loads((ROOT / "web" / "vendor.json").read_text(encoding="utf-8"))
    assert {f"coltiva_vendor/{n}" for n in (*listed["files"], *listed["subsets"], "manifest.json")} <= names
    assert {f"coltiva_vendor/{n}" for n in listed["tests"]} & names == set()
    assert [n for n in names if n.startswith(("tests/", "web/", "instance/"))] == []
