"""The blocks that say what the program does anyway: codes for missing answers, and scoring."""

from __future__ import annotations

import re

from surveys.answers import MISSING_CODES
from surveys.instrument_yaml.fields import Fields
from surveys.model import Scoring
from surveys.words import message

_RULE = re.compile(r"\s*([1-9][0-9]?)\s*\*\s*n_valid\s*>=\s*([1-9][0-9]?)\s*\*\s*n_items\s*")


def check_missing_codes(top: Fields, languages: tuple[str, ...]) -> None:
    """Refuse codes for missing answers that are not the program's own."""
    block = top.mapping("missing_codes")
    if block is None:
        return
    fixed = {kind.name.lower(): code for code, kind in MISSING_CODES.items()}
    block.known([*fixed, "skipped"])
    for name in block.values:
        entry = block.mapping(name)
        if entry is None or name not in {*fixed, "skipped"}:
            continue
        entry.known(("code", "label"))
        entry.text("label", languages)
        code = entry.integer("code")
        if code != fixed.get(name):
            entry.problem(
                "missing-code",
                message("“{name}” has the code {code} here.", name=name, code=str(code)),
                message(
                    "The program's code is {fixed}; use it, or leave this block out and give "
                    "your codes when importing data.",
                    fixed=str(fixed.get(name, "null")),
                ),
                key="code",
            )


def read_scoring(top: Fields) -> Scoring:
    """Read how scores are made; what the program does not do is a problem."""
    block = top.mapping("scoring")
    if block is None:
        return Scoring()
    block.known(("method", "reverse", "min_valid_rule", "min_valid_items", "index_0_100", "note"))
    fixed = {
        "method": "mean",
        "reverse": "min + max - x",
        "index_0_100": "100 * (score - min) / (max - min)",
    }
    for key, only in fixed.items():
        given = block.string(key)
        if given is not None and "".join(given.split()) != "".join(only.split()):
            block.problem(
                "unknown-scoring",
                message("“{given}” is not a way of scoring the program knows.", given=given),
                message("It knows “{only}” only.", only=only),
                key=key,
            )
    scoring = _rule(block)
    _least(block, scoring)
    return scoring


def _rule(block: Fields) -> Scoring:
    given = block.string("min_valid_rule")
    if given is None:
        return Scoring()
    found = _RULE.fullmatch(given)
    if found is not None:
        denominator, numerator = int(found.group(1)), int(found.group(2))
        if numerator <= denominator:
            return Scoring(numerator, denominator)
    block.problem(
        "unknown-scoring",
        message("“{given}” is not a rule the program knows.", given=given),
        message("Write it like this: 3 * n_valid >= 2 * n_items (two thirds answered)."),
        key="min_valid_rule",
    )
    return Scoring()


def _least(block: Fields, scoring: Scoring) -> None:
    """Check the table of least counts against the rule from which it follows."""
    table = block.mapping("min_valid_items")
    for key in table.values if table is not None else ():
        least = table.integer(key) if table is not None else None
        if table is None or least is None or not key.isdecimal() or len(key) > 4:
            continue
        right = -(-int(key) * scoring.numerator // scoring.denominator)
        if least != right:
            table.problem(
                "unknown-scoring",
                message("Of {n} items the rule asks for {right}.", n=int(key), right=right),
                message("Correct one of the two, or leave this table out."),
                key=key,
            )
