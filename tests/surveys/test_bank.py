"""The shipped instruments: they load, are complete, and listing them is light."""

import subprocess
import sys

import pytest

from surveys import bank
from surveys.instrument_yaml import inspect_instrument
from surveys.model import ItemKind
from surveys.problems import SurveyError


@pytest.mark.parametrize("name", bank.INSTRUMENTS)
def test_instrument_loads_without_a_warning(name):
    """What is shipped has no problem at all."""
    text = bank.instrument_text(name)
    instrument, found = inspect_instrument(text, name)
    assert found == ()
    assert instrument == bank.load(name)
    assert instrument.id == name


def test_core_has_the_promised_size():
    """78 fields, 60 Likert items, one attention check, 10 background items."""
    core = bank.load("cmra_core")
    assert len(core.items) == 78
    assert len(core.likert_items) == 60
    assert len(core.scales()) == 17
    assert [i.id for i in core.items if i.kind is ItemKind.ATTENTION] == ["ATT1"]
    assert sum(i.quasi_identifier for i in core.items) == 10
    assert core.item("RAT1").scale.label(10).get("zh") == "反复强调"


def test_reversed_items_of_the_core():
    """A reversed item that loses its flag turns results round; the list is written out."""
    core = bank.load("cmra_core")
    assert {i.id for i in core.items if i.reverse} == {
        "RISK5", "MORA4", "INIT4", "PSAF3", "CRED4", "CONS3", "BACK3", "HIND2",
        "CAPA3", "RESO3", "PROM3",
    }  # fmt: skip


def test_pulse_items_are_those_of_the_core():
    """Waves can be compared only while both ask the same words."""
    core, pulse = bank.load("cmra_core"), bank.load("cmra_pulse")
    for item in pulse.likert_items:
        twin = core.item(item.id)
        assert (item.text, item.scale, item.reverse) == (twin.text, twin.scale, twin.reverse)


def test_vignettes_record_their_variant():
    """Each case has two whole wordings and a code item that says which was shown."""
    audit = bank.load("etma_audit")
    for case in ("V1", "V2", "V3"):
        asked = audit.item(f"{case}S")
        assert [v.id for v in asked.variants] == ["A", "B"]
        assert audit.item(f"{case}W").vignette == case
        assert audit.item(f"{case}_variant").pattern == "[AB]"
        shared = asked.variants[0].text.get("en").split(".")[0]
        assert asked.variants[1].text.get("en").startswith(shared)


def test_constructs_are_defined_in_full():
    """Every construct says what it is, which way it points, and where it belongs."""
    constructs = bank.constructs()
    assert len(constructs) == 41
    for construct in constructs.values():
        for text in (construct.label, construct.definition, construct.high_means):
            assert text.by_language["zh"] and text.by_language["en"]
        assert construct.family in bank.families()
    assert set(bank.nearest_scales()) == set(constructs)
    assert constructs["RISK"].valence == "unfavourable"


def test_list_shows_each_instrument():
    """The list agrees with the instruments themselves."""
    for entry in bank.list_instruments():
        instrument = bank.load(entry.id)
        assert entry.title == instrument.title
        assert entry.n_items == len(instrument.items)
        assert entry.minutes == instrument.estimated_minutes


def test_unknown_id_names_those_there_are():
    """A wrong id is answered with the right ones."""
    with pytest.raises(SurveyError, match="cmra_pulse"):
        bank.load("nothing")


def test_bank_imports_nothing_heavy():
    """Listing the bank must not load frames, statistics or the window."""
    code = (
        "import sys\n"
        "from surveys import bank\n"
        "bank.list_instruments(); bank.load('cmra_core')\n"
        "heavy = {'pandas', 'numpy', 'scipy', 'PySide6', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
