"""The rules of the house: who may import whom, what is said in Chinese, what must never be there."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("surveys", "analysis", "gui")
HEAVY = frozenset(
    {"matplotlib", "pandas", "PySide6", "reportlab", "scipy", "sklearn", "statsmodels"}
)
NETWORK = frozenset(
    {
        "aiohttp", "ftplib", "http", "httpx", "imaplib", "nntplib", "poplib", "requests", "smtplib",
        "socket", "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "webbrowser", "wsgiref",
        "xmlrpc",
    }
)  # fmt: skip
QT_NETWORK = frozenset({"QtNetwork", "QtNetworkAuth", "QtWebSockets", "QtWebEngineCore"})
FIELD = re.compile(r"(?<!\{)\{([a-z_A-Z0-9]*)(?:[^{}]*)\}(?!\})")


def project_files():
    """Every file git keeps or would keep; without git, every file outside hidden folders."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode("utf-8")
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(f.relative_to(ROOT)) for f in ROOT.rglob("*") if f.is_file()]
    generated = {"demo", "dist", "build", "__pycache__"}
    kept = [
        name
        for name in names
        if not generated & set(Path(name).parts)
        and not any(part.startswith(".") and part != ".ci" for part in Path(name).parts[:-1])
    ]
    assert "pyproject.toml" in kept
    return [ROOT / name for name in kept if (ROOT / name).is_file()]


def python_files(*rooms):
    """The program's own source files."""
    found = [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]
    assert found
    return found


def run(arguments, **variables):
    """Run this Python on the project, with nothing of this machine's screen or passphrases."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("ZHIYAN_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**own, "PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def catalogue():
    """The script that keeps the catalogues, as a module."""
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "packaging" / "catalogue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- who may import whom ----------------------------------------------------------------------


def test_the_import_contracts_hold():
    """`surveys` knows neither statistics nor windows, `analysis` knows no window."""
    program = "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"
    answer = run(["-c", program])
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert re.search(r"\b0 broken", answer.stdout)


def imported_names(file):
    """Every dotted name a file imports, at any depth, with the names taken from it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith(("import_module", "__import__"))
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno, str(node.args[0].value)


def reaches_out(name):
    """Tell whether a dotted name belongs to network code."""
    parts = name.split(".")
    return parts[0] in NETWORK or (parts[0] == "PySide6" and bool(QT_NETWORK & set(parts[1:])))


def test_no_network_code():
    """Answers cannot leave the laptop through a program that cannot speak to a network."""
    found = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file in python_files(*ROOMS)
        for line, name in imported_names(file)
        if reaches_out(name)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("import urllib.request", True),
        ("from http import client", True),
        ("def f():\n    import socket", True),
        ("importlib.import_module('requests')", True),
        ("from PySide6 import QtNetwork", True),
        ("from PySide6.QtNetwork import QLocalServer", True),
        ("from PySide6 import QtWidgets", False),
        ("from . import http", False),
        ("import surveys.model", False),
    ],
)
def test_the_search_for_network_code_finds_it(tmp_path, line, caught):
    """A search that finds nothing proves nothing unless it can find."""
    file = tmp_path / "probe.py"
    file.write_text(line, encoding="utf-8")
    assert any(reaches_out(name) for _line, name in imported_names(file)) is caught


def test_no_foreign_code_is_executed():
    """Imported files are hostile until proven otherwise: no eval, no exec, no pickle."""
    found = []
    for file in python_files(*ROOMS):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id in {"eval", "exec", "compile"}:
                found.append(f"{file.relative_to(ROOT)}:{called.lineno}: {called.id}")
        found += [
            f"{file.relative_to(ROOT)}:{line}: {name}"
            for line, name in imported_names(file)
            if name.split(".")[0] in {"pickle", "shelve", "marshal", "dill"}
        ]
    assert found == []


# --- what starts fast --------------------------------------------------------------------------


def loaded_by(arguments):
    """Return the top-level packages a command loads, and how it ended."""
    answer = run(["-X", "importtime", *arguments])
    names = re.findall(r"^import time:[^|]*\|[^|]*\| +(\S+)$", answer.stderr, flags=re.MULTILINE)
    assert "encodings" in {name.split(".")[0] for name in names} | set(sys.builtin_module_names)
    return {name.split(".")[0] for name in names}, answer


def test_the_measure_of_heavy_imports_sees_them():
    """The next tests could otherwise pass on an empty list."""
    loaded, answer = loaded_by(["-c", "import scipy"])
    assert answer.returncode == 0
    assert "scipy" in loaded & HEAVY


LIGHT_MODULES = (
    "surveys.words",
    "surveys.model",
    "surveys.problems",
    "surveys.study",
    "analysis.errors",
    "gui",
)


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_reading_a_questionnaire_loads_nothing_heavy(module):
    """All libraries together cost seconds; commands that need none must not wait for them."""
    loaded, answer = loaded_by(["-c", f"import {module}"])
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("front", ["analysis", "gui"])
@pytest.mark.parametrize(
    "command", [["instruments"], ["check", "surveys/bank/cmra_pulse.yaml"]], ids=lambda c: c[0]
)
def test_light_commands_load_nothing_heavy(front, command):
    """`zhiyan instruments` and `zhiyan check` answer at once, through either front door."""
    loaded, answer = loaded_by(["-m", front, *command])
    assert answer.returncode == 0, answer.stdout + answer.stderr[-2000:]
    assert loaded & HEAVY == set()


def test_the_first_window_waits_for_nothing_heavy(tmp_path):
    """On an old laptop the statistics take seconds to load; the window must be there before."""
    program = f"""
import sys
from PySide6.QtWidgets import QApplication
def show_once(*_arguments):
    QApplication.processEvents()
    print("heavy:", *sorted({set(HEAVY - {"PySide6"})!r} & set(sys.modules)))
    return 0
QApplication.exec = show_once
from gui.app import main
sys.exit(main([]))
"""
    folders = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA")
    answer = run(["-c", program], **dict.fromkeys(folders, str(tmp_path)))
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert answer.stdout.splitlines()[-1].strip() == "heavy:"


def test_light_commands_open_no_connection():
    """Not only the program's own code stays off the network, the libraries it calls do too."""
    guard = """
import runpy, sys
def guard(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"}:
        raise SystemExit(f"network: {event}")
sys.addaudithook(guard)
sys.argv = ["zhiyan", "instruments"]
runpy.run_module("analysis", run_name="__main__", alter_sys=True)
"""
    answer = run(["-c", guard])
    assert "network:" not in answer.stdout + answer.stderr
    assert answer.returncode == 0, answer.stdout + answer.stderr


# --- what is said ------------------------------------------------------------------------------


def test_every_sentence_has_a_chinese_translation(catalogue):
    assert catalogue.missing() == []


def test_every_sentence_is_in_both_catalogues(catalogue):
    """A sentence that `update` has not collected would be shown in English to a Chinese reader."""
    in_code = {entry.id for entry in catalogue.collect() if entry.id}
    assert in_code
    for language in catalogue.LANGUAGES:
        known = {entry.id for entry in catalogue.load(catalogue.LOCALE / f"{language}.po")}
        assert in_code <= known, f"run catalogue.py update: {language}"


def strings_of(entry):
    """Translations of one entry of a catalogue, plural forms included."""
    string = entry.string
    return tuple(string) if isinstance(string, (list, tuple)) else (string,)


def sentences_of(one):
    """Translated sentences of one catalogue, by their English."""
    return {
        tuple(entry.id) if isinstance(entry.id, (list, tuple)) else entry.id: strings_of(entry)
        for entry in one
        if entry.id and all(strings_of(entry))
    }


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_compiled_catalogues_are_in_step(catalogue, language):
    """The program reads the .mo; people read and change the .po."""
    with (catalogue.LOCALE / f"{language}.po").open("rb") as stream:
        written = read_po(stream, locale=language)
    with (catalogue.LOCALE / f"{language}.mo").open("rb") as stream:
        compiled = read_mo(stream)
    expected = sentences_of(written)
    found = sentences_of(compiled)
    assert {sentence: found.get(sentence) for sentence in expected} == expected
    assert len(found) <= len(written)


def test_translations_keep_the_fields(catalogue):
    """A field lost or invented in translation would crash or hide a value when it is shown."""
    wrong = []
    for language in catalogue.LANGUAGES:
        for entry in catalogue.load(catalogue.LOCALE / f"{language}.po"):
            sources = entry.id if isinstance(entry.id, (list, tuple)) else (entry.id,)
            allowed = {field for source in sources for field in FIELD.findall(source)}
            needed = set(FIELD.findall(sources[-1]))
            for string in strings_of(entry):
                fields = set(FIELD.findall(string or ""))
                if entry.id and string and not (needed - {"n"} <= fields <= allowed | {"n"}):
                    wrong.append(f"{language}: {entry.id} -> {string}")
    assert wrong == []


# --- what must never be in the repository ------------------------------------------------------

BINARY = {
    ".mo", ".ttf", ".otf", ".png", ".ico", ".icns", ".pdf", ".sav", ".dta", ".xlsx", ".xls",
    ".ods", ".docx", ".zip", ".gz", ".zhiyan", ".svgz", ".por", ".rds", ".rdata",
}  # fmt: skip


def text_of(file):
    """A file's text; nothing for a binary one."""
    if file.suffix.lower() in BINARY:
        return ""
    return file.read_text(encoding="utf-8", errors="replace")


# Spelled in pieces, or this file would find itself.
NAMED = (
    "py" + "pi",
    "python" + "hosted",
    "conda" + "-forge",
    "ana" + "conda.",
    "cra" + "n.r-",
    "npm" + "js",
    "mirrors" + ".",
    "index" + "-url =",
    "index" + "_url",
    "extra" + "-index",
    "/simp" + "le/",
)


def test_no_registry_is_named():
    """Where libraries come from is a matter of the machine, never of the repository."""
    pattern = re.compile("|".join(re.escape(name) for name in NAMED), re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in project_files()
        if (match := pattern.search(text_of(file)))
    ]
    assert found == []


def test_no_path_of_one_machine_is_written_down():
    """A path of the machine it was made on works nowhere else and gives its owner away."""
    folders = "|".join(("ro" + "ot", "wo" + "rk", "op" + "t", "priv" + "ate"))
    people = "|".join(("ho" + "me", "Us" + "ers"))
    nobody = r"(?!(?:somebody|someone|name|user|you|a)\b)"
    pattern = re.compile(
        rf"(?<![\w./:<>$}}-])/(?:(?:{folders})/\w{{2,}}|(?:{people})/{nobody}\w+)"
        rf"|\b[A-Z]:\\{{1,2}}(?:{people})\\{{1,2}}{nobody}\w+"
    )
    for path in ("/" + "home/zhang", "/" + "work/main", "C:" + r"\Users\zhang"):
        assert pattern.search(f"see {path}/x")
    assert not pattern.search("see /" + "home/somebody/x")
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in project_files()
        if (match := pattern.search(text_of(file)))
    ]
    assert found == []


def test_packaging_and_tests_are_no_packages():
    """`packaging/__init__.py` would hide the library of that name; tests import by path."""
    assert [f for room in ("packaging", "tests") for f in (ROOT / room).rglob("__init__.py")] == []


def test_text_is_utf8():
    """Most users' systems default to another encoding; the files must not depend on it."""
    broken = []
    for file in project_files():
        if file.suffix in {".py", ".md", ".yaml", ".toml", ".po", ".json", ".txt"}:
            try:
                file.read_bytes().decode("utf-8")
            except UnicodeDecodeError as error:
                broken.append(f"{file.relative_to(ROOT)}: {error}")
    # Files that a test keeps in a foreign encoding on purpose lie in folders called fixtures.
    assert [line for line in broken if "fixtures" not in line] == []


def test_files_are_opened_with_an_encoding():
    """On a Chinese Windows the default is cp936: every text file is opened as UTF-8 by name."""
    found = []
    for file in python_files(*ROOMS):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in {"open", "read_text", "write_text"}:
                continue
            modes = [ast.literal_eval(a) for a in node.args if isinstance(a, ast.Constant)]
            binary = any(isinstance(m, str) and re.fullmatch(r"[rwxa]b\+?|rb\+?", m) for m in modes)
            opens_text = name != "open" or isinstance(node.func, ast.Name)
            first_is_encoding = name == "read_text" and bool(node.args)
            named = first_is_encoding or any(k.arg in {"encoding", None} for k in node.keywords)
            if opens_text and not binary and not named:
                found.append(f"{file.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)[:60]}")
    assert found == []


def test_the_version_is_the_same_everywhere():
    """The report states the version it was made with."""
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(
        r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert newest is not None
    assert newest[1] == version["version"]


def test_the_readme_names_every_library():
    """Nobody should have to guess why a library is there, or under which licence."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    names = [re.split(r"[<>=~!\[; ]", name)[0].lower() for name in project["dependencies"]]
    assert [name for name in names if f"| {name} |" not in readme] == []
