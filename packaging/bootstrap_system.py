"""What the operating system must bring along: a screen, Qt's libraries, and venv on Debian."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from bootstrap_console import Step, choose, say

QT_LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "libEGL.so.1": ("libegl1",),
    "libGL.so.1": ("libgl1",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libfreetype.so.6": ("libfreetype6",),
    "libX11.so.6": ("libx11-6",),
    "libX11-xcb.so.1": ("libx11-xcb1",),
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-image.so.0": ("libxcb-image0",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-randr.so.0": ("libxcb-randr0",),
    "libxcb-render.so.0": ("libxcb-render0",),
    "libxcb-render-util.so.0": ("libxcb-render-util0",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-shm.so.0": ("libxcb-shm0",),
    "libxcb-sync.so.1": ("libxcb-sync1",),
    "libxcb-util.so.1": ("libxcb-util1",),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libgthread-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
}
"""File that Qt loads on Linux, and the Debian packages that bring it: the newer name first."""

SCREENLESS = ("offscreen", "minimal", "minimalegl")


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell whether a window can be shown."""
    if environment.get("QT_QPA_PLATFORM", "").split(":")[0] in SCREENLESS:
        return False
    if not platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    """Return the files of Qt's list that the system cannot load; always empty outside Linux."""
    if not sys.platform.startswith("linux"):
        return []
    missing = []
    for name in QT_LIBRARIES:
        try:
            load(name)
        except OSError:
            missing.append(name)
    return missing


def can_make_environments() -> bool:
    """Tell whether this Python has venv and ensurepip; Debian packs them apart."""
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def packages_for(
    libraries: Sequence[str], *, environments: bool, known: Callable[[str], bool]
) -> list[str]:
    """Return the Debian packages to install.

    Parameters
    ----------
    libraries
        Files that are missing.
    environments
        Whether this Python can make environments.
    known
        Tells whether this release has a package of that name.
    """
    wanted = []
    if not environments:
        wanted.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    for library in libraries:
        names = QT_LIBRARIES[library]
        wanted.append(next((name for name in names[:-1] if known(name)), names[-1]))
    return list(dict.fromkeys(wanted))


def install_line(packages: Sequence[str]) -> str:
    """Return the one line that installs ``packages`` by hand."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def provide() -> str:
    """Install what is missing, or say what is.

    Returns
    -------
    str
        What the user still has to do, or nothing when all is there.
    """
    libraries = missing_libraries()
    environments = can_make_environments()
    if not libraries and environments:
        return ""
    if not shutil.which("apt-get"):
        names = [*libraries, *([] if environments else ["Python: venv, ensurepip"])]
        return _report(names)
    if os.geteuid() == 0:
        step = Step(choose("system packages", "安装系统软件包"))
        updated = _apt("update")
        packages = packages_for(libraries, environments=environments, known=_known_to_apt)
        installed = _apt("install", "-y", *packages)
        step.end(passed=installed.returncode == 0)
        if installed.returncode == 0:
            return _report(missing_libraries())
        print((updated.stdout + installed.stdout)[-2000:], flush=True)
    packages = packages_for(libraries, environments=environments, known=_known_to_apt)
    line = install_line(packages)
    say(
        f"System packages are missing. Please run this line once:\n\n    {line}\n",
        f"系统缺少一些软件包。请先运行下面这一行命令：\n\n    {line}\n",
    )
    return line


def _report(names: Sequence[str]) -> str:
    listed = ", ".join(names)
    if names:
        say(
            f"This system lacks: {listed}. Install them with its package manager.",
            f"系统缺少：{listed}。请用系统自带的软件包管理器安装。",
        )
    return listed


def _apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return _run(["apt-get", "-q", *arguments], environment)


def _known_to_apt(package: str) -> bool:
    return _run(["apt-cache", "show", package], os.environ).returncode == 0


def _run(
    command: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
