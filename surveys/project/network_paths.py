"""Tells whether a path lies on another computer, where a database's locks do not hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path, PureWindowsPath

_REMOTE_TYPES = frozenset(
    {
        *("9p", "afpfs", "afs", "ceph", "cifs", "davfs", "fuse.davfs", "fuse.davfs2"),
        *("fuse.rclone", "fuse.sshfs", "fuse.smbnetfs", "glusterfs", "fuse.glusterfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "smb3", "smbfs", "webdav"),
    }
)
_DRIVE_REMOTE = 4


def is_network_path(path: Path) -> bool:
    """Tell whether a path lies on a network drive or share.

    Parameters
    ----------
    path
        An absolute path; it need not exist.
    """
    if sys.platform == "win32":
        return is_unc(str(path)) or _is_remote_drive(path)
    if sys.platform == "darwin":
        return file_system_of(path, _mac_mounts()) in _REMOTE_TYPES
    return file_system_of(path, _linux_mounts()) in _REMOTE_TYPES


def is_unc(path: str) -> bool:
    r"""Tell whether a Windows path names a share: ``\\server\share`` or ``\\?\UNC\...``."""
    drive = PureWindowsPath(path).drive
    if drive.upper().startswith("\\\\?\\UNC\\"):
        return True
    return drive.startswith("\\\\") and not drive.startswith(("\\\\?\\", "\\\\.\\"))


def file_system_of(path: Path, mounts: dict[str, str]) -> str:
    """Return the type of the file system that holds a path.

    Parameters
    ----------
    path
        An absolute path with forward slashes.
    mounts
        Mount point to file system type; the longest mount point above the path counts.
    """
    for folder in (path, *path.parents):
        kind = mounts.get(folder.as_posix())
        if kind is not None:
            return kind
    return ""


def parse_linux_mounts(text: str) -> dict[str, str]:
    """Read the lines of ``/proc/mounts``: device, mount point (octal escapes), type."""
    mounts: dict[str, str] = {}
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1])
            mounts[point] = fields[2]
    return mounts


def parse_mac_mounts(text: str) -> dict[str, str]:
    """Read the lines of ``mount``: ``device on /mount point (type, options)``."""
    found = re.finditer(r"^.+? on (/.*) \(([^,)]+)[^)]*\)$", text, flags=re.MULTILINE)
    return {match[1]: match[2] for match in found}


def _linux_mounts() -> dict[str, str]:
    try:
        return parse_linux_mounts(Path("/proc/mounts").read_text("utf-8", "surrogateescape"))
    except OSError:
        return {}


def _mac_mounts() -> dict[str, str]:
    try:
        listed = subprocess.run(["/sbin/mount"], capture_output=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    return parse_mac_mounts(listed.stdout.decode("utf-8", "surrogateescape"))


def _is_remote_drive(path: Path) -> bool:
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009
    return bool(path.drive) and kernel.GetDriveTypeW(path.drive + "\\") == _DRIVE_REMOTE
