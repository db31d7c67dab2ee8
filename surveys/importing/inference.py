"""A questionnaire made from a table that comes without one."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from surveys.formats.table import RawTable
from surveys.importing.column_mapping import ColumnMapping
from surveys.importing.column_profile import Profile, Sort, profile
from surveys.importing.column_roles import Role, looks_like_row_numbers, looks_like_serial
from surveys.importing.inference_blocks import Block, find_blocks
from surveys.importing.inference_guesses import describe, questions
from surveys.importing.inferred_items import ItemMaker
from surveys.importing.matching import ColumnUse, mapped_use, one_of_each, option_column, other_use
from surveys.model import Instrument, Item, Section
from surveys.words import Message, Text, message

INFERRED_VERSION = "1.0.0"

_OTHER = ("", 0)


@dataclass(frozen=True, slots=True)
class Inference:
    """A questionnaire that was guessed, and how.

    Attributes
    ----------
    instrument
        The questionnaire; ``inferred`` is true, no construct is made up, nothing is reversed.
    uses
        What each column of the table is; those left out carry the reason.
    guesses
        What was concluded, for the user to check.
    questions
        What the user should decide; nothing of it was applied.
    """

    instrument: Instrument
    uses: tuple[ColumnUse, ...]
    guesses: tuple[Message, ...]
    questions: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """An item with the columns it was made of, the place of the first, and its section.

    A section is the stem that names have in common, or a number where they have none.
    """

    position: int
    item: Item
    columns: tuple[str, ...]
    section: tuple[str, int] = _OTHER


def infer_instrument(table: RawTable, name: str, mapping: ColumnMapping | None = None) -> Inference:
    """Guess the questionnaire behind a table.

    Columns that look like direct identifiers are left out. Response ids, durations and a status are
    recognised by name or by cells. What remains becomes items: columns side by side with answers on
    the same few points share a response scale; few different codes or words are a single choice;
    other numbers, dates, codes and texts are taken for what they are. Cells ``NA`` in a column of
    numbers are no answers; in a column of text they are text. Numbers such as 99 are only taken
    for missing if the file or the mapping says so.

    Parameters
    ----------
    table
        The file.
    name
        What the questionnaire is to be called.
    mapping
        Columns to leave out or to call by another name, and missing values.
    """
    mapping = mapping or ColumnMapping()
    maker = ItemMaker(_language(table))
    uses = _first_uses(table, mapping)
    profiles = {
        column.name: profile(column, mapping, table.source.decimal)
        for column in table.columns
        if column.name not in uses
    }
    for column_name, reason in _empty_or_constant(profiles, table.n_rows).items():
        uses[column_name] = ColumnUse(column_name, Role.DROPPED, why=reason)
        del profiles[column_name]
    found = _items(table, profiles, maker, mapping)
    for entry in found:
        for column_name in entry.columns:
            uses[column_name] = _item_use(entry, column_name)
    instrument = Instrument(
        id=ItemMaker("en").new_id(name, 1),
        version=INFERRED_VERSION,
        title=maker.text(name),
        sections=_sections(found, maker),
        items=tuple(entry.item for entry in found),
        languages=(_language(table),),
        origin=table.source.name,
        inferred=True,
    )
    ordered = tuple(uses[column_name] for column_name in table.names)
    return Inference(
        instrument,
        ordered,
        tuple(describe(instrument)),
        tuple(questions(profiles.values())),
    )


def _items(
    table: RawTable, profiles: dict[str, Profile], maker: ItemMaker, mapping: ColumnMapping
) -> list[_Found]:
    """Make the items, in the order of the file."""
    positions = {name: n for n, name in enumerate(table.names, 1)}
    found = _several_columns(profiles, positions, maker)
    taken = {column for entry in found for column in entry.columns}
    rest = [p for p in profiles.values() if p.name not in taken]
    blocks = find_blocks(rest)
    found += _block_items(blocks, positions, maker, mapping)
    on_scale = {member.name for block in blocks for member in block.members}
    for seen in rest:
        if seen.name not in on_scale:
            position = positions[seen.name]
            item = _renamed(maker.alone(seen, position), mapping, seen.name)
            found.append(_Found(position, item, (seen.name,)))
    return sorted(found, key=operator.attrgetter("position"))


def _language(table: RawTable) -> str:
    """Return Chinese if anything that will be a wording has a Chinese character."""
    wordings = [*table.names]
    for column in table.columns:
        wordings += column.label.by_language.values() if column.label else ()
        wordings += [
            t for label in column.value_labels.values() for t in label.by_language.values()
        ]
        wordings += column.distinct if len(column.distinct) <= 20 else ()
    return "zh" if any("\u4e00" <= c <= "\u9fff" for text in wordings for c in text) else "en"


def _first_uses(table: RawTable, mapping: ColumnMapping) -> dict[str, ColumnUse]:
    """Return the columns that are no items, as far as names, cells and the mapping tell."""
    uses: list[ColumnUse] = []
    for number, column in enumerate(table.columns):
        use = mapped_use(column, mapping)
        if use is None and column.name not in mapping.columns:
            use = other_use(column)
            by_cells = looks_like_serial(column) or (number == 0 and looks_like_row_numbers(column))
            if use is None and by_cells:
                use = ColumnUse(column.name, Role.SERIAL)
        if use is not None:
            uses.append(use)
    return {use.column: use for use in one_of_each(uses, mapping)}


def _empty_or_constant(profiles: dict[str, Profile], n_rows: int) -> dict[str, Message]:
    reasons: dict[str, Message] = {}
    for name, seen in profiles.items():
        if seen.sort is Sort.EMPTY:
            reasons[name] = message("No cell has an answer in it.")
        elif seen.sort is Sort.CLOCK:
            reasons[name] = message("It gives an exact time, which can point to a person.")
        elif seen.constant and n_rows > 1 and option_column(name) is None:
            reasons[name] = message("All its answers are the same.")
    return reasons


def _several_columns(
    profiles: dict[str, Profile], positions: dict[str, int], maker: ItemMaker
) -> list[_Found]:
    """Find multiple choices with a column an option: ``Q3.1``, ``Q3.2`` with ticks in them."""
    groups: dict[tuple[str, str], list[tuple[int, Profile]]] = {}
    for name, seen in profiles.items():
        if (parts := option_column(name)) is not None and set(seen.numbers) <= {0, 1}:
            stem, mark, code = parts
            if seen.sort is Sort.INTEGER and (mark == "." or seen.numbers == (1,)):
                groups.setdefault((stem, mark), []).append((code, seen))
    found = []
    for (stem, _), columns in groups.items():
        if len(columns) > 1:
            position = positions[columns[0][1].name]
            item = maker.with_columns(stem, position, sorted(columns, key=operator.itemgetter(0)))
            found.append(_Found(position, item, tuple(p.name for _, p in columns)))
    return found


def _block_items(
    blocks: Sequence[Block],
    positions: dict[str, int],
    maker: ItemMaker,
    mapping: ColumnMapping,
) -> list[_Found]:
    found = []
    unnamed = 0
    for block in blocks:
        unnamed += not block.stem
        section = (block.stem, 0) if block.stem else ("", unnamed)
        for member in block.members:
            position = positions[member.name]
            item = _renamed(maker.on_scale(member, position, block), mapping, member.name)
            found.append(_Found(position, item, (member.name,), section))
    return found


def _renamed(item: Item, mapping: ColumnMapping, column: str) -> Item:
    import msgspec

    target = mapping.columns.get(column)
    return msgspec.structs.replace(item, id=target) if target is not None else item


def _item_use(entry: _Found, column: str) -> ColumnUse:
    parts = option_column(column)
    if len(entry.columns) > 1 and parts is not None:
        return ColumnUse(column, Role.OPTION, entry.item.id, parts[2])
    return ColumnUse(column, Role.ITEM, entry.item.id)


def _sections(found: Sequence[_Found], maker: ItemMaker) -> tuple[Section, ...]:
    """Make a section of each run of items that belong together, in the order of the file."""
    seen: Counter[str] = Counter()
    sections = []
    for (stem, number), run in groupby(found, key=operator.attrgetter("section")):
        section_id = "".join(c if c.isascii() and c.isalnum() else "_" for c in stem)
        if not stem:
            section_id = f"scale_{number}" if number else "other"
        seen[section_id] += 1
        if seen[section_id] > 1:
            section_id = f"{section_id}_{seen[section_id]}"
        title = maker.text(stem) if stem else _title(number)
        sections.append(Section(section_id, title, tuple(entry.item.id for entry in run)))
    return tuple(sections)


def _title(number: int) -> Text:
    if not number:
        return Text({"zh": "其他题目", "en": "Other items"})
    return Text({"zh": f"第{number}组题目", "en": f"Group {number} of items"})
