"""The command ``zhiyan``: a subcommand goes to the command line, anything else opens the window."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand, or open the window; returns the exit code.

    ``app [FILE]``, a lone file name or nothing opens the window. Everything else, help and
    misspelt commands included, is answered by the command line.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    match arguments:
        case []:
            return _window([])
        case ["app", *rest] if len(rest) <= 1 and not any(r.startswith("-") for r in rest):
            return _window(rest)
        case [file] if file.lower().endswith(".zhiyan"):
            return _window([file])
        case _:
            from analysis.cli import main as command_line

            return int(command_line(arguments))


def _window(files: list[str]) -> int:
    from gui.app import main as open_window

    return open_window(files)


if __name__ == "__main__":
    sys.exit(main())
