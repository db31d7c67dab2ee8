"""Which column of a table is which item of a questionnaire."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveys.formats.heading import ROW_NAMES
from surveys.formats.table import Column, RawTable
from surveys.importing.column_mapping import DROP, EVERY_COLUMN, SECONDS, SERIAL, ColumnMapping
from surveys.importing.column_roles import Role, identifier_reason, plain_name, role_by_name
from surveys.model import Instrument, ItemKind
from surveys.problems import Problem, Severity
from surveys.words import Message, message

_NUMBERING = re.compile(r"^\s*[QqTt]?\d+\s*[、.．:：)）]\s*")
_OPTION = re.compile(r"(.+)([._])(\d+)")


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """What one column is used for.

    Attributes
    ----------
    column
        Its name in the file.
    role
        What it is.
    item
        Id of the item, for items and options.
    option
        Code of the option, where a multiple choice has a column an option.
    why
        Why it is left out, for identifiers and other columns left out.
    """

    column: str
    role: Role
    item: str | None = None
    option: int | None = None
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What the columns of a table are, and what is wrong with that."""

    uses: tuple[ColumnUse, ...]
    problems: tuple[Problem, ...]

    def of_role(self, role: Role) -> tuple[ColumnUse, ...]:
        """Return the columns of a role, in the order of the file."""
        return tuple(use for use in self.uses if use.role is role)


def match(table: RawTable, instrument: Instrument, mapping: ColumnMapping | None = None) -> Match:
    """Find the item of each column.

    A column belongs to the item whose id is its name (whatever the case), or whose wording is its
    name; a multiple choice may have one column an option, ``ITEM.CODE`` or ``ITEM_CODE``. What the
    mapping says comes first. Columns that look like direct identifiers are left out; any other
    column that is no item is a problem.

    Parameters
    ----------
    table
        The file.
    instrument
        The questionnaire.
    mapping
        What the user says.
    """
    mapping = mapping or ColumnMapping()
    finder = _ItemFinder(instrument)
    problems = _mapping_problems(table, mapping)
    uses: list[ColumnUse] = []
    for column in table.columns:
        use = _use(column, finder, mapping)
        if use.role is Role.UNKNOWN:
            problems.append(_unknown_column(column.name, mapping.columns.get(column.name)))
        uses.append(use)
    uses = one_of_each(uses, mapping)
    problems += _twice(uses)
    problems += _absent_items(uses, instrument)
    return Match(tuple(uses), tuple(problems))


def item_problems(
    table: RawTable, uses: Sequence[ColumnUse], instrument: Instrument, mapping: ColumnMapping
) -> list[Problem]:
    """Return what is wrong with the uses of columns where the questionnaire was guessed."""
    return [
        *_mapping_problems(table, mapping),
        *_twice(uses),
        *_absent_items(uses, instrument),
    ]


class _ItemFinder:
    """Finds items by what a column may be called."""

    def __init__(self, instrument: Instrument) -> None:
        self._ids = {item.id.casefold(): item.id for item in instrument.items}
        self._options = {
            (item.id, option.code)
            for item in instrument.items
            if item.kind is ItemKind.MULTIPLE
            for option in item.options
        }
        self._wordings: dict[str, str | None] = {}
        for item in instrument.items:
            for wording in {w for text in item.text.by_language.values() for w in _wordings(text)}:
                # A wording that two items share finds neither.
                self._wordings[wording] = None if wording in self._wordings else item.id

    def find(self, name: str) -> tuple[str, int | None] | None:
        """Return the item, and for a column of one option its code."""
        if item_id := self._ids.get(name.strip().casefold()):
            return item_id, None
        if parts := option_column(name.strip()):
            stem, _, code = parts
            item_id = self._ids.get(stem.casefold())
            if item_id and (item_id, code) in self._options:
                return item_id, code
        found = (self._wordings.get(wording) for wording in _wordings(name))
        item_id = next(filter(None, found), None)
        return (item_id, None) if item_id else None


def _wordings(text: str) -> list[str]:
    """Return a question for comparing: as it is, and without the number before it."""
    both = (plain_name(text), plain_name(_NUMBERING.sub("", text)))
    return [wording for wording in dict.fromkeys(both) if wording]


def option_column(name: str) -> tuple[str, str, int] | None:
    """Split a name like ``Q3.1`` or ``Q3_1`` into item, separator and code of the option."""
    parts = _OPTION.fullmatch(name)
    if parts is None or len(parts[3]) > 4:
        return None
    return parts[1], parts[2], int(parts[3])


def _use(column: Column, finder: _ItemFinder, mapping: ColumnMapping) -> ColumnUse:
    use = mapped_use(column, mapping)
    if use is not None:
        return use
    name = column.name
    target = mapping.columns.get(name)
    found = finder.find(name if target is None else target)
    if found is not None:
        item_id, option = found
        return ColumnUse(name, Role.ITEM if option is None else Role.OPTION, item_id, option)
    unknown = ColumnUse(name, Role.UNKNOWN)
    return unknown if target is not None else other_use(column) or unknown


def mapped_use(column: Column, mapping: ColumnMapping) -> ColumnUse | None:
    """Return the use of a column that the mapping says is no item, or None."""
    target = mapping.columns.get(column.name)
    if target == DROP:
        return ColumnUse(column.name, Role.DROPPED, why=message("The mapping leaves it out."))
    if target == SECONDS:
        return ColumnUse(column.name, Role.SECONDS)
    if target == SERIAL:
        return _serial_use(column)
    return None


def _serial_use(column: Column) -> ColumnUse:
    # A number of the form may itself be the number of an identity card or a telephone.
    reason = identifier_reason(replace(column, name=""))
    if reason is not None:
        return ColumnUse(column.name, Role.IDENTIFIER, why=reason)
    return ColumnUse(column.name, Role.SERIAL)


def other_use(column: Column) -> ColumnUse | None:
    """Return the use of a column that is no item, as far as its name and cells tell."""
    role = role_by_name(column)
    if role is Role.SERIAL:
        return _serial_use(column)
    if role is not None:
        return ColumnUse(column.name, role)
    reason = identifier_reason(column)
    if reason is not None:
        return ColumnUse(column.name, Role.IDENTIFIER, why=reason)
    if column.is_blank():
        return ColumnUse(column.name, Role.DROPPED, why=message("It is empty."))
    return None


def one_of_each(uses: Sequence[ColumnUse], mapping: ColumnMapping) -> list[ColumnUse]:
    """Keep one response id and one duration among the columns that only look like one."""
    kept = list(uses)
    for role in (Role.SERIAL, Role.SECONDS):
        places = [place for place, use in enumerate(kept) if use.role is role]
        guessed = [place for place in places if kept[place].column not in mapping.columns]
        if len(places) < 2:
            continue
        if len(guessed) == len(places):
            # Numbers of rows are the poorest id there is.
            guessed.sort(key=lambda place: kept[place].column == ROW_NAMES)
            guessed = guessed[1:]
        for place in guessed:
            why = message("The file has another column for the same.")
            kept[place] = ColumnUse(kept[place].column, Role.DROPPED, why=why)
    return kept


def _mapping_problems(table: RawTable, mapping: ColumnMapping) -> list[Problem]:
    named = [*mapping.columns, *(name for name in mapping.missing if name != EVERY_COLUMN)]
    return [
        Problem(
            "mapping-column",
            message("Mapping, {name}", name=name),
            message("The file has no column of this name."),
            message("Write the name exactly as in the heading of the file."),
        )
        for name in dict.fromkeys(named)
        if name not in table.names
    ]


def _unknown_column(name: str, target: str | None) -> Problem:
    where = message("Column {name}", name=name)
    if target is not None:
        return Problem(
            "mapping-item",
            where,
            message(
                "The mapping gives it to {item}, which the questionnaire does not have.",
                item=target,
            ),
            message('Name an item of the questionnaire, or leave the column out with "-".'),
        )
    return Problem(
        "unknown-column",
        where,
        message("It is no item of the questionnaire."),
        message('Rename it to the id of its item, or leave it out in the mapping with "-".'),
    )


def _twice(uses: Sequence[ColumnUse]) -> list[Problem]:
    by_target: dict[str, list[ColumnUse]] = {}
    for use in uses:
        if use.role in {Role.ITEM, Role.OPTION}:
            target = use.item if use.option is None else f"{use.item}.{use.option}"
        elif use.role in {Role.SERIAL, Role.SECONDS}:
            target = f"@{use.role}"
        else:
            continue
        by_target.setdefault(str(target), []).append(use)
    mixed = {use.item for use in uses if use.role is Role.ITEM} & {
        use.item for use in uses if use.role is Role.OPTION
    }
    problems = [
        Problem(
            "item-twice",
            message("Columns {names}", names=[use.column for use in several]),
            message("They all belong to {target}.", target=target),
            message('Leave all but one out in the mapping with "-".'),
        )
        for target, several in by_target.items()
        if len(several) > 1
    ]
    return problems + [
        Problem(
            "item-twice",
            message("Item {item}", item=item_id or ""),
            message("It has a column of its own and columns for its options."),
            message('Leave one kind out in the mapping with "-".'),
        )
        for item_id in sorted(filter(None, mixed))
    ]


def _absent_items(uses: Sequence[ColumnUse], instrument: Instrument) -> list[Problem]:
    found = {use.item for use in uses if use.item is not None}
    absent = [item.id for item in instrument.presented() if item.id not in found]
    if not found:
        return [
            Problem(
                "no-items",
                message("The whole file"),
                message("No column is an item of the questionnaire."),
                message("Check that this is the right file, or write a mapping."),
            )
        ]
    if not absent:
        return []
    return [
        Problem(
            "items-without-column",
            message("Items {items}", items=absent),
            message("The file has no column for them."),
            message("They are stored as skipped."),
            Severity.WARNING,
        )
    ]
