"""The program's own environment in .venv: made once, refreshed when what it is made of changes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootstrap_console import Progress, Step, choose

INPUTS = ("packaging/build.txt", "packaging/lock.txt", "pyproject.toml")
PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TAIL_LINES = 40

READY, STALE, BROKEN, ABSENT = "ready", "stale", "broken", "absent"


class SetupError(Exception):
    """A sentence for the user: what could not be set up, and what to do."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The places of one environment.

    Attributes
    ----------
    root
        Folder of the project.
    """

    root: Path

    @property
    def folder(self) -> Path:
        """Folder of the environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        return self.folder.joinpath(*inside)

    @property
    def site_packages(self) -> Path:
        """Folder of the installed libraries."""
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        return self.folder / "lib" / f"python{PYTHON_VERSION}" / "site-packages"

    @property
    def stamp(self) -> Path:
        """Written last: what the finished environment was made of."""
        return self.folder / "zhiyan-stamp.json"

    @property
    def unfinished(self) -> Path:
        """Written before pip starts and removed at the end: its presence means half-made."""
        return self.folder / "zhiyan-unfinished"


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for children: UTF-8, no foreign modules, no pip option that misleads."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    }
    environment.update(
        PYTHONUTF8="1", PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1"
    )
    return {**environment, **(extra or {})}


def fingerprint(root: Path) -> dict[str, str]:
    """Return what an environment is made of: the pinned lists, the Python, the folder."""
    digest = hashlib.sha256()
    for name in INPUTS:
        # Line ends differ between checkouts on Windows and elsewhere; the content does not.
        digest.update((root / name).read_bytes().replace(b"\r\n", b"\n"))
        digest.update(b"\0")
    return {"inputs": digest.hexdigest(), "python": PYTHON_VERSION, "root": str(root)}


def state(environment: Environment) -> str:
    """Tell in which state an environment is: ready, stale, broken or absent.

    One without a stamp that nobody left half-made is stale: pip brings it up to date in place.
    """
    if not environment.folder.exists():
        return ABSENT
    if environment.unfinished.exists() or not _answers(environment.python):
        return BROKEN
    try:
        stamp = json.loads(environment.stamp.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return STALE
    except ValueError:
        return BROKEN
    wanted = fingerprint(environment.root)
    if stamp == wanted:
        return READY
    # The commands in its folder hold absolute paths: a moved environment is made anew.
    return STALE if stamp.get("root") == wanted["root"] else BROKEN


def _answers(python: Path) -> bool:
    question = (
        "import importlib.util, sys;"
        "print(bool(importlib.util.find_spec('pip')), '%d.%d' % sys.version_info[:2])"
    )
    try:
        answer = subprocess.run(
            [python, "-I", "-c", question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError:
        return False
    return answer.stdout.split() == ["True", PYTHON_VERSION]


def set_up(environment: Environment) -> None:
    """Make the environment ready; does nothing when it is.

    Raises
    ------
    SetupError
        With the end of the output of what failed.
    """
    found = state(environment)
    if found == READY:
        return
    if found == BROKEN:
        _remove(environment)
    if found != STALE:
        _create(environment)
    environment.unfinished.write_text("", encoding="utf-8")
    try:
        _install(environment)
        _write_stamp(environment)
    except SetupError:
        # pip gave up by itself and cleaned up; only what was torn off in between is thrown away.
        environment.unfinished.unlink()
        raise
    environment.unfinished.unlink()


def _remove(environment: Environment) -> None:
    step = Step(choose("removing the unusable .venv", "删除不可用的 .venv"))
    try:
        if environment.folder.is_symlink():
            environment.folder.unlink()
        else:
            shutil.rmtree(environment.folder)
    except OSError as error:
        step.end(passed=False)
        raise SetupError(
            choose(
                f"{environment.folder} cannot be removed ({error}). "
                "Close every window of Zhiyan and run this again.",
                f"无法删除 {environment.folder}（{error}）。请关闭所有直言窗口后重试。",
            )
        ) from error
    step.end(passed=True)


def _create(environment: Environment) -> None:
    step = Step(choose("making .venv", "创建运行环境 .venv"))
    # A virtual environment must not be made from the one that is being replaced.
    python = getattr(sys, "_base_executable", None) or sys.executable
    _finish(step, [python, "-m", "venv", environment.folder], environment.root)


def _install(environment: Environment) -> None:
    root = environment.root
    pip: list[str | Path] = [environment.python, "-m", "pip", "install", "--progress-bar", "off"]
    pinned = [*pip, "--require-hashes", "--no-build-isolation", "-r"]
    _finish(
        Step(choose("build tools", "安装构建工具")), [*pinned, root / "packaging/build.txt"], root
    )
    lock = root / "packaging/lock.txt"
    progress = Progress(len(locked_names(lock.read_text(encoding="utf-8"))))
    step = Step(choose("libraries (a few minutes)", "安装程序库（需几分钟）"), talks=True)
    _finish(step, [*pinned, lock], root, progress)
    step = Step(choose("the program itself", "安装程序本身"))
    _finish(step, [*pip, "--no-deps", "--no-build-isolation", "-e", "."], root)
    make_paths_relative(environment.site_packages, root)
    # The first start is as quick as the second; a file changed later is compiled when it is used.
    rooms = ["surveys", "analysis", "gui"]
    follow([environment.python, "-m", "compileall", "-q", *rooms], root, lambda _line: None)


def locked_names(lock: str) -> set[str]:
    """Return the names in a list of pinned requirements."""
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, flags=re.MULTILINE))


def make_paths_relative(site_packages: Path, root: Path) -> None:
    """Let the editable installation find the project without spelling out where it is.

    Python before 3.13 reads .pth files in the encoding of the system, the build backend writes
    UTF-8: with a Chinese folder name on a cp936 or C system the interpreter would not even start.
    """
    relative = os.path.relpath(root, site_packages)
    for file in site_packages.glob("*.pth"):
        lines = file.read_bytes().decode("utf-8", errors="replace").splitlines()
        if str(root) in lines:
            kept = dict.fromkeys(relative if line == str(root) else line for line in lines)
            file.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _write_stamp(environment: Environment) -> None:
    fresh = environment.stamp.with_suffix(".new")
    fresh.write_text(json.dumps(fingerprint(environment.root)), encoding="utf-8")
    fresh.replace(environment.stamp)


def _finish(
    step: Step, command: Sequence[str | Path], folder: Path, progress: Progress | None = None
) -> None:
    code, output = follow(command, folder, progress.line if progress else lambda _line: None)
    if progress:
        progress.close()
    step.end(passed=code == 0)
    if code != 0:
        advice = choose(
            "This step failed. The first time, libraries are fetched: is there a network?",
            "这一步失败了。首次运行需要联网下载程序库，请检查网络。",
        )
        raise SetupError(f"{output}\n\n{advice}")


def follow(
    command: Sequence[str | Path], folder: Path, hear: Callable[[str], None]
) -> tuple[int, str]:
    """Run a command, passing on its lines.

    Parameters
    ----------
    command
        Program and arguments.
    folder
        Working folder.
    hear
        Called with every line, without its end.

    Returns
    -------
    tuple
        Exit code, and the last lines of the output.
    """
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            tail.append(line.rstrip())
            hear(line.rstrip())
    return process.returncode, "\n".join(tail)
