"""Setting up on a foreign computer: what bootstrap decides, without network and without pip."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "packaging" / "bootstrap.py"
IN_CHINESE = "直言 test"
IN_ENVIRONMENT = "import os; print(os.environ['QT_QPA_PLATFORM'], os.environ.get('ZHIYAN_LANG'))"


@pytest.fixture
def bootstrap(monkeypatch):
    """The script as a module; English, whatever this machine speaks."""
    monkeypatch.syspath_prepend(str(SOURCE.parent))
    monkeypatch.setenv("LC_ALL", "C")
    spec = importlib.util.spec_from_file_location("bootstrap", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path, bootstrap):
    """A folder with a space and Chinese in its name, and the files an environment is made of."""
    root = tmp_path / IN_CHINESE
    for name in bootstrap.venv.INPUTS:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"content of {name}\n", encoding="utf-8")
    return bootstrap.venv.Environment(root)


@pytest.fixture
def made(project, bootstrap):
    """A real environment without pip's doing: python starts, and there is a pip to find."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(project.folder)], check=True)
    pip = project.site_packages / "pip"
    pip.mkdir()
    (pip / "__init__.py").write_text("", encoding="utf-8")
    bootstrap.venv._write_stamp(project)
    return project


class FakeWork:
    """Takes the place of pip and venv: notes what would have been done."""

    def __init__(self, monkeypatch, venv, *, fails=False):
        self.done = []
        self.fails = fails
        monkeypatch.setattr(venv, "_remove", lambda _environment: self.done.append("remove"))
        monkeypatch.setattr(venv, "_create", self.create)
        monkeypatch.setattr(venv, "_install", self.install)
        self.error = venv.SetupError

    def create(self, environment):
        self.done.append("create")
        environment.folder.mkdir(parents=True, exist_ok=True)

    def install(self, environment):
        assert environment.unfinished.exists()
        self.done.append("install")
        if self.fails:
            raise self.error("pip said no")


def test_old_python_can_read_the_script_far_enough_to_refuse():
    """The version check must run before a grammar error hides it."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 7))
    before = tree.body[: next(i for i, node in enumerate(tree.body) if isinstance(node, ast.If))]
    imported = [
        alias.name for node in before if isinstance(node, ast.Import) for alias in node.names
    ]
    assert imported == ["sys"]
    assert not any(isinstance(node, ast.ImportFrom) for node in before)


@pytest.mark.parametrize("name", ["bootstrap", "console", "system", "venv"])
def test_only_the_standard_library_is_used(name):
    """A fresh machine has nothing else."""
    file = SOURCE if name == "bootstrap" else SOURCE.with_name(f"bootstrap_{name}.py")
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module]
        for module in modules:
            top = module.split(".")[0]
            assert top in sys.stdlib_module_names or top.startswith("bootstrap_"), module


def test_a_fresh_folder_has_no_environment(bootstrap, project):
    assert bootstrap.venv.state(project) == bootstrap.venv.ABSENT


def test_a_finished_environment_is_left_alone(bootstrap, made, monkeypatch):
    """The second run must be fast: no pip, no venv."""
    work = FakeWork(monkeypatch, bootstrap.venv)
    assert bootstrap.venv.state(made) == bootstrap.venv.READY
    bootstrap.venv.set_up(made)
    assert work.done == []


@pytest.mark.parametrize("name", ["packaging/build.txt", "packaging/lock.txt", "pyproject.toml"])
def test_a_change_of_what_it_is_made_of_refreshes_it(bootstrap, made, monkeypatch, name):
    (made.root / name).write_text("something else\n", encoding="utf-8")
    assert bootstrap.venv.state(made) == bootstrap.venv.STALE
    work = FakeWork(monkeypatch, bootstrap.venv)
    bootstrap.venv.set_up(made)
    assert work.done == ["install"]
    assert bootstrap.venv.state(made) == bootstrap.venv.READY


def test_line_ends_of_a_checkout_are_no_change(bootstrap, made):
    """Git on Windows may write CR LF."""
    lock = made.root / "packaging" / "lock.txt"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert bootstrap.venv.state(made) == bootstrap.venv.READY


def test_an_environment_made_by_hand_is_adopted_not_removed(bootstrap, made, monkeypatch):
    made.stamp.unlink()
    work = FakeWork(monkeypatch, bootstrap.venv)
    bootstrap.venv.set_up(made)
    assert work.done == ["install"]
    assert bootstrap.venv.state(made) == bootstrap.venv.READY


def test_a_half_made_environment_is_made_anew(bootstrap, made, monkeypatch):
    """The power went out while pip was unpacking."""
    made.unfinished.write_text("", encoding="utf-8")
    assert bootstrap.venv.state(made) == bootstrap.venv.BROKEN
    work = FakeWork(monkeypatch, bootstrap.venv)
    bootstrap.venv.set_up(made)
    assert work.done == ["remove", "create", "install"]
    assert not made.unfinished.exists()


def test_a_failed_refresh_keeps_the_environment(bootstrap, made, monkeypatch):
    """Without a network the libraries of yesterday must survive a changed list."""
    (made.root / "pyproject.toml").write_text("new\n", encoding="utf-8")
    FakeWork(monkeypatch, bootstrap.venv, fails=True)
    with pytest.raises(bootstrap.venv.SetupError, match="pip said no"):
        bootstrap.venv.set_up(made)
    assert bootstrap.venv.state(made) == bootstrap.venv.STALE


def test_an_interrupted_refresh_does_not_count(bootstrap, made, monkeypatch):
    made.stamp.unlink()

    def interrupt(_environment):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap.venv, "_install", interrupt)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.venv.set_up(made)
    assert bootstrap.venv.state(made) == bootstrap.venv.BROKEN


def test_a_moved_environment_is_made_anew(bootstrap, made):
    """Its commands hold the old path."""
    moved = made.root.with_name("elsewhere")
    made.root.rename(moved)
    assert bootstrap.venv.state(bootstrap.venv.Environment(moved)) == bootstrap.venv.BROKEN


def test_another_python_makes_it_anew(bootstrap, made, monkeypatch):
    monkeypatch.setattr(bootstrap.venv, "PYTHON_VERSION", "3.99")
    assert bootstrap.venv.state(made) == bootstrap.venv.BROKEN


def test_a_python_that_is_gone_makes_it_anew(bootstrap, made):
    made.python.unlink()
    assert bootstrap.venv.state(made) == bootstrap.venv.BROKEN


def test_a_torn_stamp_makes_it_anew(bootstrap, made):
    made.stamp.write_text("{", encoding="utf-8")
    assert bootstrap.venv.state(made) == bootstrap.venv.BROKEN


def test_the_path_to_the_project_is_relative_and_works(bootstrap, made):
    """Absolute, Python 3.11 could not start in a Chinese folder on a system that is not UTF-8."""
    (made.root / "zhiyan_probe.py").write_text("found = 'yes'\n", encoding="utf-8")
    path_file = made.site_packages / "_probe.pth"
    path_file.write_text(f"{made.root}\n", encoding="utf-8")
    other = made.site_packages / "other.pth"
    other.write_text("import sys\n", encoding="utf-8")
    bootstrap.venv.make_paths_relative(made.site_packages, made.root)
    assert path_file.read_bytes().isascii()
    assert other.read_text(encoding="utf-8") == "import sys\n"
    answer = subprocess.run(
        [str(made.python), "-c", "import zhiyan_probe; print(zhiyan_probe.found)"],
        cwd=str(made.root.parent),
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "yes"


def test_children_get_utf8_and_no_foreign_modules(bootstrap, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "somewhere")
    monkeypatch.setenv("PIP_TARGET", "somewhere")
    environment = bootstrap.venv.child_environment({"ZHIYAN_PASSPHRASE": "口令"})
    assert environment["PYTHONUTF8"] == "1"
    assert environment["PIP_USER"] == "0"
    assert environment["ZHIYAN_PASSPHRASE"] == "口令"
    assert not {"PYTHONPATH", "PIP_TARGET"} & environment.keys()


def test_the_lock_pins_every_dependency_of_the_project(bootstrap):
    """A library named in pyproject.toml but not in the lock would break every fresh setup."""
    import re
    import tomllib

    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = [*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["dev"]]
    wanted = {re.split(r"[<>=~!\[; ]", name)[0].lower().replace(".", "-") for name in named}
    lock = (ROOT / "packaging" / "lock.txt").read_text(encoding="utf-8")
    assert wanted <= bootstrap.venv.locked_names(lock)
    assert {"hatchling", "editables"} <= bootstrap.venv.locked_names(lock)


def test_progress_counts_packages_from_an_index_and_from_a_folder(bootstrap, capsys):
    progress = bootstrap.console.Progress(3, terminal=False)
    for line in (
        "Looking in links: somewhere",
        "Collecting numpy==2.4.6 (from -r lock.txt (line 9))",
        "Requirement already satisfied: packaging==26.3 in here",
        r"Processing .\wheels 一\ruamel_yaml-0.19.1-py3-none-any.whl (from -r lock.txt)",
        "Collecting numpy>=2 (from scipy)",
        "Installing collected packages: numpy, ruamel.yaml",
    ):
        progress.line(line)
    assert progress.seen == {"numpy", "packaging", "ruamel-yaml"}
    assert "3/3 unpacking" in capsys.readouterr().out


def test_without_a_terminal_progress_is_a_line_now_and_then(bootstrap, capsys):
    progress = bootstrap.console.Progress(60, terminal=False)
    for number in range(60):
        progress.line(f"Collecting package{number}==1.0 (from x)")
    assert len(capsys.readouterr().out.splitlines()) == 60 // bootstrap.console.QUIET_STRIDE


@pytest.mark.parametrize(
    ("variables", "platform", "shown"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", False),
        ({}, "win32", True),
        ({}, "darwin", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "win32", False),
    ],
)
def test_where_a_window_can_be_shown(bootstrap, variables, platform, shown):
    assert bootstrap.system.has_display(variables, platform) is shown


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lacks Qt's libraries")
def test_missing_libraries_are_those_that_do_not_load(bootstrap):
    def load(name):
        if name in {"libEGL.so.1", "libxcb-cursor.so.0"}:
            raise OSError(name)

    assert bootstrap.system.missing_libraries(load) == ["libEGL.so.1", "libxcb-cursor.so.0"]


def test_debian_packages_follow_the_release(bootstrap):
    """Newer releases renamed glib's package; both libraries of it make one package."""
    missing = ["libEGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0"]
    packages = bootstrap.system.packages_for
    assert packages(missing, environments=True, known=lambda _name: False) == [
        "libegl1",
        "libglib2.0-0",
    ]
    assert packages(missing, environments=True, known=lambda _name: True) == [
        "libegl1",
        "libglib2.0-0t64",
    ]
    (venv,) = packages([], environments=False, known=lambda _name: True)
    assert venv == f"python3.{sys.version_info.minor}-venv"


@pytest.fixture
def bare_debian(bootstrap, monkeypatch):
    """A Debian without libEGL; what apt is asked is noted, nothing is run."""
    system = bootstrap.system
    commands = []
    state = {"missing": ["libEGL.so.1"], "code": 0}

    def run(command, _environment):
        commands.append(command)
        if command[0] == "apt-get" and "install" in command and state["code"] == 0:
            state["missing"] = []
        return subprocess.CompletedProcess(command, state["code"], stdout="what apt said")

    monkeypatch.setattr(system, "missing_libraries", lambda: state["missing"])
    monkeypatch.setattr(system, "can_make_environments", lambda: True)
    monkeypatch.setattr(system.shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setattr(system, "_run", run)
    return system, commands, state


def test_root_installs_what_is_missing(bare_debian, monkeypatch):
    system, commands, _state = bare_debian
    monkeypatch.setattr(system.os, "geteuid", lambda: 0, raising=False)
    assert system.provide() == ""
    assert commands == [
        ["apt-get", "-q", "update"],
        ["apt-get", "-q", "install", "-y", "libegl1"],
    ]


def test_a_user_gets_the_one_line_to_run(bare_debian, monkeypatch, capsys):
    system, commands, _state = bare_debian
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000, raising=False)
    line = "sudo apt-get update && sudo apt-get install -y libegl1"
    assert system.provide() == line
    assert line in capsys.readouterr().out
    assert not any(command[0] == "apt-get" for command in commands)


def test_a_failing_apt_is_shown_and_not_fatal(bare_debian, monkeypatch, capsys):
    system, _commands, state = bare_debian
    state["code"] = 100
    monkeypatch.setattr(system.os, "geteuid", lambda: 0, raising=False)
    assert "libegl1" in system.provide()
    assert "what apt said" in capsys.readouterr().out


def test_without_apt_the_missing_files_are_named(bare_debian, monkeypatch, capsys):
    system, commands, _state = bare_debian
    monkeypatch.setattr(system.shutil, "which", lambda _name: None)
    assert system.provide() == "libEGL.so.1"
    assert "libEGL.so.1" in capsys.readouterr().out
    assert commands == []


def test_every_check_runs_and_failures_are_shown(bootstrap, capfd, monkeypatch, tmp_path):
    """One failing check must not hide the next, and its output is what one needs."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setenv("ZHIYAN_LANG", "zh")
    environment = _ThisPython()
    checks = (
        ("first", ("-c", "print('why it failed'); raise SystemExit(3)")),
        ("second", ("-c", "print('quiet when all is well')")),
        ("pytest", ("-c", f"{IN_ENVIRONMENT}; print('1 passed in 0.1s')")),
    )
    assert bootstrap.run_checks(environment, checks) == 1
    out = capfd.readouterr().out
    assert "why it failed" in out
    assert "quiet when all is well" not in out
    assert "offscreen None\n1 passed in 0.1s" in out
    assert out.splitlines()[-1] == "1 of 3 checks failed: first"
    assert bootstrap.run_checks(environment, checks[1:]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "all 2 checks passed"


class _ThisPython:
    python = Path(sys.executable)


@pytest.fixture
def demo_maker(bootstrap, monkeypatch, tmp_path):
    """The command `demo` replaced: writes the files it is told to."""
    calls = []
    writes = dict.fromkeys(bootstrap.DEMO_FILES, "fresh")

    def call(command, **_options):
        calls.append(command)
        for name, content in writes.items():
            Path(command[-1], name).write_text(content, encoding="utf-8")
        return 0

    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    return tmp_path / IN_CHINESE / "demo", calls, writes


def test_the_demo_is_made_once(bootstrap, demo_maker):
    folder, calls, _writes = demo_maker
    for _run in range(2):
        bootstrap.make_demo(_ThisPython(), folder, {})
    assert len(calls) == 1
    assert sorted(f.name for f in folder.iterdir()) == sorted(bootstrap.DEMO_FILES)


def test_what_the_user_did_to_the_demo_survives(bootstrap, demo_maker):
    """A deleted report is made again; the project the user worked in is not replaced."""
    folder, _calls, _writes = demo_maker
    folder.mkdir(parents=True)
    (folder / "demo.zhiyan").write_text("worked on", encoding="utf-8")
    bootstrap.make_demo(_ThisPython(), folder, {})
    assert (folder / "demo.zhiyan").read_text(encoding="utf-8") == "worked on"
    assert (folder / "report.pdf").read_text(encoding="utf-8") == "fresh"


def test_half_a_demo_is_no_demo(bootstrap, demo_maker):
    folder, _calls, writes = demo_maker
    del writes["report.pdf"]
    with pytest.raises(bootstrap.venv.SetupError):
        bootstrap.make_demo(_ThisPython(), folder, {})
    assert not (folder / "demo.zhiyan").exists()


@pytest.fixture
def started(bootstrap, monkeypatch, tmp_path):
    """`bootstrap.py` with everything slow replaced; returns what was opened and with what."""
    opened = []
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "prepare", lambda: (_ThisPython(), ""))
    monkeypatch.setattr(bootstrap, "make_demo", lambda *_arguments: None)

    def call(command, **options):
        opened.append((command, options["env"]))
        return 0

    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    monkeypatch.setattr(bootstrap.console, "prepare_streams", lambda: None)
    monkeypatch.delenv("ZHIYAN_PASSPHRASE", raising=False)
    return opened


def test_the_window_opens_on_the_demo_with_its_passphrase(
    bootstrap, started, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(bootstrap.system, "has_display", lambda _environment: True)
    assert bootstrap.main([]) == 0
    ((command, environment),) = started
    assert command[1:] == ["-m", "gui", "app", str(tmp_path / "demo" / "demo.zhiyan")]
    assert environment["ZHIYAN_PASSPHRASE"] == "zhiyan-demo"
    assert "zhiyan-demo" in capsys.readouterr().out


def test_a_passphrase_of_the_user_is_used_and_not_printed(bootstrap, started, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.system, "has_display", lambda _environment: True)
    monkeypatch.setenv("ZHIYAN_PASSPHRASE", "river-lantern-42")
    assert bootstrap.main([]) == 0
    assert started[0][1]["ZHIYAN_PASSPHRASE"] == "river-lantern-42"
    assert "river-lantern-42" not in capsys.readouterr().out


def test_without_a_screen_it_says_so_and_all_is_well(bootstrap, started, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.system, "has_display", lambda _environment: False)
    assert bootstrap.main([]) == 0
    assert started == []
    assert "no screen" in capsys.readouterr().out


def test_an_unknown_command_is_refused(bootstrap, started, capsys):
    assert bootstrap.main(["tests"]) == 2
    assert "bootstrap.py test" in capsys.readouterr().out


def test_closed_streams_and_any_folder_do_no_harm(tmp_path):
    """Started from a service or a double click there may be no standard input."""
    command = f'"{sys.executable}" "{SOURCE}" --help'
    if os.name != "nt":
        command += " <&-"
    answer = subprocess.run(
        command,
        shell=True,
        cwd=str(tmp_path),
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "bootstrap.py test" in answer.stdout


def test_messages_follow_the_language_of_the_system(bootstrap, monkeypatch):
    assert bootstrap.console.speaks_chinese({"LANG": "zh_CN.UTF-8"})
    assert not bootstrap.console.speaks_chinese({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert bootstrap.console.choose("ok", "完成") == "完成"


def test_the_stamp_says_what_the_environment_is_made_of(bootstrap, made):
    stamp = json.loads(made.stamp.read_text(encoding="utf-8"))
    assert stamp["root"] == str(made.root)
    assert stamp["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"
