"""SPSS files: labels and declared missing values come along, and bad files stop the child only."""

import io
import sys

import pandas as pd
import pyreadstat
import pytest

from surveys.formats.child import Request, read_in_child
from surveys.formats.reading import read_table
from surveys.formats.sav import read_sav
from surveys.formats.table import MissingRange, Source
from surveys.problems import SurveyError

SOURCE = Source("data.sav", "sav", "0" * 64)


@pytest.fixture(scope="module")
def sav(tmp_path_factory) -> bytes:
    """A file with labels, user-missing values and ranges, in Chinese."""
    file = tmp_path_factory.mktemp("sav") / "data.sav"
    frame = pd.DataFrame(
        {
            "RISK1": [1, 2, 99, None],
            "性别": [1.0, 2.0, 8.0, 9.0],
            "note": ["NA", "007", "", "x"],
            "score": [0.1, 2.0, 3.25, -1.5],
        }
    )
    pyreadstat.write_sav(
        frame,
        file,
        column_labels={"RISK1": "宁可先不办", "性别": "您的性别"},
        variable_value_labels={"RISK1": {1.0: "不同意", 5.0: "同意", 99.0: "拒答"}},
        missing_ranges={"RISK1": [99], "性别": [{"lo": 8, "hi": 9}]},
        variable_measure={"RISK1": "ordinal"},
    )
    return file.read_bytes()


def test_labels_and_missing_values_are_kept(sav):
    """What SPSS knows about a variable is known after reading, and no cell is lost."""
    table = read_sav(sav, SOURCE)
    risk = table.column("RISK1")
    assert risk.texts() == ["1", "2", "99", ""]
    assert risk.label.get("zh") == "宁可先不办"
    assert {code: text.get("zh") for code, text in risk.value_labels.items()} == {
        "1": "不同意",
        "5": "同意",
        "99": "拒答",
    }
    assert risk.missing == (MissingRange(99.0, 99.0),)
    assert risk.measure == "ordinal"
    sex = table.column("性别")
    assert [sex.declared_missing(text) for text in ("1", "8", "8.5", "9", "x")] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert table.column("note").texts() == ["NA", "007", "", "x"]
    assert table.column("score").texts() == ["0.1", "2", "3.25", "-1.5"]


def test_reading_through_the_child_gives_the_same(sav, tmp_path):
    """Nothing of labels and cells is lost on the way out of the child."""
    file = tmp_path / "调查 数据.sav"
    file.write_bytes(sav)
    there, here = read_table(file), read_sav(sav, SOURCE)
    assert there.source.format == "sav"
    for one, other in zip(there.columns, here.columns, strict=True):
        assert one.name == other.name
        assert one.texts() == other.texts()
        assert one.value_labels == other.value_labels
        assert one.missing == other.missing


@pytest.mark.parametrize("damage", ["cut", "noise"])
def test_damaged_files_are_refused(sav, damage):
    """A file cut off or overwritten gives a sentence, not a crash."""
    data = sav[:300] if damage == "cut" else sav[:176] + bytes(range(256)) * 8
    with pytest.raises(SurveyError, match=r"data\.sav"):
        read_in_child(data, Request(SOURCE))


def test_files_without_cases_are_refused(tmp_path):
    """A file of variables only holds no answers."""
    file = tmp_path / "empty.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": pd.Series([], dtype=float)}), file)
    with pytest.raises(SurveyError, match="no cases"):
        read_sav(file.read_bytes(), SOURCE)


def test_time_limit_ends_the_child(sav):
    """A reader that does not come to an end is stopped."""
    with pytest.raises(SurveyError, match="took longer"):
        read_in_child(sav, Request(SOURCE), time_limit=0.001)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no such limit")
def test_memory_limit_ends_the_child(sav):
    """A reader that wants too much memory dies alone."""
    with pytest.raises(SurveyError, match="memory"):
        read_in_child(sav, Request(SOURCE, memory_limit=64 * 2**20))


def test_old_encodings_can_be_named(tmp_path):
    """The encoding given by the user reaches the reader."""
    file = tmp_path / "data.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": ["x"]}), file)
    with pytest.raises(SurveyError):
        read_sav(io.BytesIO(file.read_bytes()).getvalue(), SOURCE, encoding="no-such-encoding")
