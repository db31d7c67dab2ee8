"""The instrument's own answers about itself."""

import msgspec
import pytest

from surveys import bank
from surveys.model import Anchor, Instrument, Item, ItemKind, Option, ResponseScale, Section
from surveys.words import Text


def text(words: str) -> Text:
    return Text({"en": words})


SCALE = ResponseScale("s", 0, 3, (Anchor(0, text("none")), Anchor(3, text("all"))))
ITEMS = (
    Item(id="B", kind=ItemKind.LIKERT, text=text("b"), scale=SCALE, construct="C"),
    Item(
        id="M",
        kind=ItemKind.MULTIPLE,
        text=text("m"),
        options=(Option(1, text("x")), Option(7, text("y"))),
    ),
    Item(id="A", kind=ItemKind.LIKERT, text=text("a"), scale=SCALE, construct="C"),
    Item(id="T", kind=ItemKind.ATTENTION, text=text("t"), scale=SCALE, correct=0, construct="C"),
)
SMALL = Instrument(
    id="i",
    version="1",
    title=text("I"),
    sections=(Section("1", text("1"), ("A", "M")), Section("2", text("2"), ("T", "B"))),
    items=ITEMS,
)


def test_order_of_presentation_is_that_of_the_sections():
    """Data columns follow what people saw, not the order of the file."""
    assert [item.id for item in SMALL.presented()] == ["A", "M", "T", "B"]
    assert SMALL.columns == ("A", "M.1", "M.7", "T", "B")


def test_attention_checks_measure_nothing():
    """An attention check never enters a scale, even when it names a construct."""
    assert [item.id for item in SMALL.items_of("C")] == ["A", "B"]
    assert [item.id for item in SMALL.likert_items] == ["A", "B"]


def test_labels_of_points_and_options():
    """Wordings are found by code; unworded points and unknown codes have none."""
    assert SMALL.item("A").label(3) == text("all")
    assert SMALL.item("A").label(1) is None
    assert SMALL.item("M").label(7) == text("y")
    assert SMALL.item("M").label(2) is None
    assert list(SCALE.points) == [0, 1, 2, 3]


def test_unknown_ids_raise():
    """Asking for what is not there is an error, not None."""
    with pytest.raises(KeyError):
        SMALL.item("Z")
    with pytest.raises(KeyError):
        SMALL.construct("Z")


def test_digest_changes_with_every_change():
    """Entries refer to an instrument by its hash, so any change must show in it."""
    seen = {SMALL.digest}
    for changed in (
        msgspec.structs.replace(SMALL, version="2"),
        msgspec.structs.replace(SMALL, sections=SMALL.sections[::-1]),
        msgspec.structs.replace(SMALL, items=ITEMS[::-1]),
    ):
        assert changed.digest not in seen
        seen.add(changed.digest)
    assert msgspec.structs.replace(SMALL, version="1").digest == SMALL.digest


@pytest.mark.parametrize("name", bank.INSTRUMENTS)
def test_instruments_can_be_stored_as_json(name):
    """A project keeps its instrument as JSON; nothing is lost on the way."""
    instrument = bank.load(name)
    assert msgspec.json.decode(msgspec.json.encode(instrument), type=Instrument) == instrument
