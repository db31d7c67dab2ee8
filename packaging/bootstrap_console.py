"""What the person at the terminal sees while bootstrap works: a line a step, Chinese or English."""

from __future__ import annotations

import io
import os
import re
import sys
import time
import unicodedata
from collections.abc import Mapping

LABEL_WIDTH = 34
BAR_WIDTH = 24
QUIET_STRIDE = 20
_FROM_INDEX = re.compile(
    r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+?)[=<>~! ]"
)
_FROM_FOLDER = re.compile(r"Processing .*?([^/\\ ]+?)-[0-9][^/\\ ]*\.(?:whl|tar\.gz)")


def prepare_streams() -> None:
    """Open what the caller closed, and let no console code page stop a message."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if os.name == "nt" and not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="replace")
        else:
            stream.reconfigure(errors="replace")


def speaks_chinese(environment: Mapping[str, str]) -> bool:
    """Tell whether the system of this user is set to Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return environment[name].lower().startswith("zh")
    if sys.platform == "win32":
        import ctypes

        primary_language = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
        return primary_language == 0x04
    return False


def choose(english: str, chinese: str) -> str:
    """Return the sentence in the language of the system."""
    return chinese if speaks_chinese(os.environ) else english


def say(english: str, chinese: str) -> None:
    """Print one sentence at once."""
    print(choose(english, chinese), flush=True)


def pad(text: str, width: int = LABEL_WIDTH) -> str:
    """Fill up to ``width`` columns; a Chinese character takes two."""
    columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " + "." * max(2, width - columns - 1) + " "


class Step:
    """One line: a name, how it ended and how long it took.

    Parameters
    ----------
    name
        What is being done, already in the reader's language.
    talks
        The step prints lines of its own in between; its name is then said before and after.
    """

    def __init__(self, name: str, *, talks: bool = False) -> None:
        self.name = name
        self.talks = talks
        self.started = time.monotonic()
        if talks:
            print(f"{name} ...", flush=True)
        else:
            print(pad(name), end="", flush=True)

    def end(self, *, passed: bool) -> None:
        """Print how it ended."""
        seconds = time.monotonic() - self.started
        outcome = choose("ok", "完成") if passed else choose("FAILED", "失败")
        before = pad(self.name) if self.talks else ""
        print(f"{before}{outcome}  {seconds:.1f} s", flush=True)


class Progress:
    """A bar that grows with the packages pip mentions; a line now and then without a terminal."""

    def __init__(self, total: int, *, terminal: bool | None = None) -> None:
        self.total = total
        self.terminal = bool(sys.stdout and sys.stdout.isatty()) if terminal is None else terminal
        self.seen: set[str] = set()

    def line(self, line: str) -> None:
        """Take note of one line that pip printed."""
        match = _FROM_INDEX.match(line) or _FROM_FOLDER.match(line)
        if match:
            self._package(match[1])
        elif line.startswith("Installing collected packages"):
            self._show(choose("unpacking, about a minute", "正在解包，约需一分钟"), always=True)

    def _package(self, name: str) -> None:
        known = name.lower().replace("_", "-")
        if known not in self.seen:
            self.seen.add(known)
            self._show(name, always=len(self.seen) % QUIET_STRIDE == 0)

    def _show(self, what: str, *, always: bool) -> None:
        done = min(len(self.seen), self.total)
        if self.terminal:
            full = BAR_WIDTH * done // max(self.total, 1)
            bar = "#" * full + "." * (BAR_WIDTH - full)
            print(f"\r  [{bar}] {done}/{self.total} {what[:30]:<30}", end="", flush=True)
        elif always:
            print(f"  {done}/{self.total} {what}", flush=True)

    def close(self) -> None:
        """Leave the line of the bar."""
        if self.terminal and self.seen:
            print(flush=True)
