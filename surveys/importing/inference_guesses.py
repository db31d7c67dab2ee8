"""What the guessing of a questionnaire concluded, said in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from surveys.importing.cells import ABSENT_TOKENS, NUMBER
from surveys.importing.column_profile import Profile, Sort
from surveys.model import Instrument, Item, ItemKind
from surveys.words import Message, message

_MOST_NAMES = 12
_FEW = 10
_ODD_SHARE = 10


def describe(instrument: Instrument) -> Iterator[Message]:
    """Say what the columns were taken for in a guessed questionnaire."""
    yield from _scales(instrument)
    yield from _others(instrument)
    yield from _worded(instrument)
    background = [item.id for item in instrument.items if item.quasi_identifier]
    if background:
        yield message(
            "Taken for background that together can point to a person: {names}.", names=background
        )


def _scales(instrument: Instrument) -> Iterator[Message]:
    by_scale: dict[str, list[Item]] = {}
    for item in instrument.presented():
        if item.scale is not None:
            by_scale.setdefault(item.scale.id, []).append(item)
    for items in by_scale.values():
        scale = items[0].scale
        if scale is not None:
            yield message(
                "{n} items with answers from {low} to {high} share a response scale: {names}. Correct the scale if it has points that nobody chose.",
                n=len(items),
                low=scale.minimum,
                high=scale.maximum,
                names=_short([item.id for item in items]),
            )


def _others(instrument: Instrument) -> Iterator[Message]:
    kinds = {kind: [i.id for i in instrument.presented() if i.kind is kind] for kind in ItemKind}
    if names := kinds[ItemKind.SINGLE]:
        yield message("Taken for single choice: {names}.", names=_short(names))
    if names := kinds[ItemKind.MULTIPLE]:
        yield message("Taken for multiple choice: {names}.", names=_short(names))
    if names := kinds[ItemKind.NUMBER]:
        yield message("Taken for numbers: {names}.", names=_short(names))
    if names := kinds[ItemKind.DATE]:
        yield message("Taken for dates: {names}.", names=_short(names))
    if names := kinds[ItemKind.CODE]:
        yield message("Taken for codes: {names}.", names=_short(names))
    if names := kinds[ItemKind.TEXT]:
        yield message("Taken for open answers: {names}.", names=_short(names))


def _worded(instrument: Instrument) -> Iterator[Message]:
    """Say which words became which codes."""
    for item in instrument.presented():
        words = [(str(option.label), option.code) for option in item.options]
        if words and any(not text.isdigit() for text, _ in words):
            yield message(
                "Item {item}: the codes are {codes}.",
                item=item.id,
                codes=[f"{code} = {text}" for text, code in words],
            )


def questions(profiles: Iterable[Profile]) -> Iterator[Message]:
    """Ask what only the user can know: whether odd numbers and words stand for missing values."""
    for seen in profiles:
        if doubtful := seen.doubtful():
            yield message(
                "Column {name}: do {numbers} stand for missing answers? They were taken as answers; if not, name them under “missing” in the mapping.",
                name=seen.name,
                numbers=list(doubtful),
            )
        if seen.sort is Sort.CODE and len(seen.texts) == seen.n_valid > _FEW:
            yield message(
                "Column {name}: nearly every row has a code of its own. If it is the number of the form, write “@serial” for it in the mapping; if it can lead to a person, leave it out with “-”.",
                name=seen.name,
            )
        if odd := _odd_words(seen):
            yield message(
                "Column {name}: {n} cells are no numbers, all others are. The column was kept as text; correct the cells, or name them under “missing” in the mapping.",
                name=seen.name,
                n=odd,
            )
        words = [text for text in seen.texts if text in (*ABSENT_TOKENS, "None", "NULL")]
        if words and seen.sort in {Sort.CATEGORY, Sort.CODE, Sort.TEXT}:
            yield message(
                "Column {name}: does the text {words} stand for missing answers? It was kept as text; if it does, name it under “missing” in the mapping.",
                name=seen.name,
                words=words,
            )


def _odd_words(seen: Profile) -> int:
    """Return how many cells spoil a column of numbers, 0 if it is none."""
    if seen.sort not in {Sort.CATEGORY, Sort.CODE, Sort.TEXT}:
        return 0
    column = seen.column
    rows = dict(zip(map(str.strip, column.distinct), column.counts().tolist(), strict=False))
    odd = sum(rows.get(text, 0) for text in seen.texts if not NUMBER.fullmatch(text))
    return odd if 0 < odd <= seen.n_valid // _ODD_SHARE else 0


def _short(names: Sequence[str]) -> list[str]:
    if len(names) <= _MOST_NAMES:
        return list(names)
    return [*names[: _MOST_NAMES - 2], "…", names[-1]]
