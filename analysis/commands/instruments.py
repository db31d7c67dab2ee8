"""``zhiyan instruments``: what questionnaires are shipped."""

from __future__ import annotations

import argparse

from analysis.commands.console import Console
from surveys import bank


def run(options: argparse.Namespace, console: Console) -> int:
    """List the bank."""
    del options
    words = console.words
    rows = [
        [entry.id, entry.version, str(entry.n_items), str(entry.minutes), words.say(entry.title)]
        for entry in bank.list_instruments()
    ]
    headers = ["id", words("version"), words("questions"), words("minutes"), words("title")]
    console.table(headers, rows)
    console.say("")
    console.say(
        words(
            "The questions were written for this program and are not validated: pre-test them before "
            "the field."
        )
    )
    return 0
