"""The report as plain data: everything that was found is in it, nothing hidden is."""

from __future__ import annotations

import msgspec
import pytest

from analysis.errors import AnalysisError
from analysis.findings import Column, Hidden, Kind, Provenance
from analysis.reports import findings_report
from analysis.reports.document import DocumentTable, Facts, Figure, Heading, Paragraph
from analysis.reports.findings_report import build_report
from analysis.reports.method_notes import number_ranges
from surveys.words import LANGUAGES, Message, Words
from tests.analysis.sample_findings import (
    bare_instrument,
    core_instrument,
    plain,
    sample_findings,
    sample_study,
)

CORE = core_instrument()
STUDY = sample_study()


@pytest.fixture(scope="module")
def findings():
    return sample_findings(CORE)


@pytest.fixture(scope="module")
def document(findings):
    return build_report(findings, CORE, STUDY, "zh")


@pytest.fixture(scope="module")
def bare_document():
    bare = bare_instrument()
    return build_report(sample_findings(bare), bare, STUDY, "en")


def of(document, kind):
    return [block for block in document.blocks if isinstance(block, kind)]


def all_text(document) -> str:
    parts = [document.title, document.running, document.cover.title, *document.cover.warnings]
    parts += [part for fact in document.cover.facts for part in fact]
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                parts.append(block.text)
            case Facts():
                parts += [part for row in block.rows for part in row]
            case DocumentTable():
                parts += [block.title, *block.notes, *(c.header for c in block.columns)]
                parts += [cell for row in block.rows for cell in row]
            case Figure():
                parts += [block.caption, block.description, block.svg.decode()]
            case _:
                parts += block.items
    return "\n".join(parts)


def only(findings, table_id, column_id=None, cell=None):
    """Return findings of one table with one row, one of its cells replaced."""
    chapter, table = next((c, t) for c in findings.chapters for t in c.tables if t.id == table_id)
    row = tuple(
        cell if column.id == column_id else old
        for column, old in zip(table.columns, table.rows[0], strict=True)
    )
    table = msgspec.structs.replace(table, rows=(row,))
    chapter = msgspec.structs.replace(chapter, tables=(table,))
    return msgspec.structs.replace(findings, chapters=(chapter,))


def test_chapters_stand_in_the_order_of_the_findings(document, findings):
    titles = [h.text for h in of(document, Heading) if h.level == 1]
    words = Words("zh")
    wanted = [words.say(c.title) for c in findings.chapters if c.omitted is None]
    assert [title.partition("\u2002")[2] for title in titles[1:-1]] == wanted
    assert titles[0] == "概要"


def test_every_table_of_the_findings_is_numbered_once(document, findings):
    numbers = [
        t.title.split("\u2002")[0] for t in of(document, DocumentTable) if t.title[0] == "表"
    ]
    assert numbers == [f"表{n}" for n in range(1, len(numbers) + 1)]
    figures = [f.caption.split("\u2002")[0] for f in of(document, Figure)]
    assert figures == [f"图{n}" for n in range(1, len(figures) + 1)]
    background = findings.chapter("respondents").tables
    n_tables = sum(len(c.tables) for c in findings.chapters)
    # the background questions share a table, the facts of the design are no table
    assert len(numbers) == n_tables - len(background) + 1 - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_caveat_is_worded_as_agreed(findings, language):
    wanted = {
        "zh": "本结果来自一次横断面问卷，反映看法之间的关联，不能证明因果；自愿参加可能使结果偏离全体干部。",
        "en": "These results come from one cross-sectional survey. They show how views go together, "
        "not what causes what; voluntary participation may shift them from the view of all cadres.",
    }[language]
    assert wanted in all_text(build_report(findings, CORE, STUDY, language))


def test_the_foot_says_what_every_page_must(document):
    """Privacy rule P16: threshold, what was hidden, n, months, no judging."""
    for part in ("3190", "10", "4", "2026-03", "2026-05", "不得用于评价个人或单位", "不证明因果"):
        assert part in document.running


def test_synthetic_answers_are_marked(document, findings):
    assert "SYNTHETIC" in document.watermark
    assert "合成数据" in document.cover.warnings[0]
    real = msgspec.structs.replace(findings, synthetic=False)
    study = msgspec.structs.replace(STUDY, synthetic=False)
    unmarked = build_report(real, CORE, study, "zh")
    assert unmarked.watermark == ""
    assert "SYNTHETIC" not in all_text(unmarked)


def test_new_items_are_called_unvalidated(document, bare_document):
    words = Words("zh").say(findings_report.UNVALIDATED)
    assert words in document.cover.warnings
    assert words not in bare_document.cover.warnings


def test_counts_are_rounded_to_five(document):
    """Privacy rule P5: 3188 analysed and 3402 received never appear as such."""
    text = all_text(document)
    assert "3190" in text
    for exact in ("3188", "3,188", "3402", "3,402", "2981"):
        assert exact not in text


@pytest.mark.parametrize(
    ("table_id", "column_id", "planted", "trace"),
    [
        ("items.RISK", "p_3", 0.9731, "97%"),
        ("items.RISK", "n", 987654, "987,655"),
        ("items.RISK", "favourable", 0.9731, "97%"),
        ("scales.means", "mean", 97.31, "97.3"),
        ("quality.missing", "prefer_not", 0.9731, "97%"),
        ("drivers.coefficients", "estimate", 0.9731, "0.97"),
        ("drivers.importance", "share", 0.9731, "97%"),
        ("factors.loadings", "F1", 0.9731, "0.97"),
        ("respondents.D_SEX", "share", 0.9731, "97%"),
    ],
)
def test_a_hidden_cell_is_hatched_and_its_number_gone(
    findings, table_id, column_id, planted, trace
):
    """The number planted in a cell is found; hidden in the same cell, it is nowhere."""
    shown = build_report(only(findings, table_id, column_id, planted), CORE, STUDY, "en")
    assert trace in all_text(shown)
    hidden = build_report(only(findings, table_id, column_id, Hidden()), CORE, STUDY, "en")
    assert trace not in all_text(hidden)
    (table,) = (t for t in of(hidden, DocumentTable) if t.hatched)
    assert len(table.hatched) == 1
    assert all(table.rows[r][c] == "–" for r, c in table.hatched)
    assert "Hatched" in table.notes[-1]


def test_a_cell_of_the_wrong_kind_is_refused(findings):
    with pytest.raises(AnalysisError, match=r"scales\.means"):
        build_report(only(findings, "scales.means", "mean", "high"), CORE, STUDY, "en")


def test_a_row_of_the_wrong_length_is_refused(findings):
    chapter = findings.chapter("reliability")
    table = chapter.tables[0]
    short = msgspec.structs.replace(table, rows=(table.rows[0][:-1],))
    broken = msgspec.structs.replace(
        findings, chapters=(msgspec.structs.replace(chapter, tables=(short,)),)
    )
    with pytest.raises(AnalysisError, match="cells for"):
        build_report(broken, CORE, STUDY, "en")


def test_an_unknown_language_is_refused(findings):
    with pytest.raises(AnalysisError, match="fr"):
        build_report(findings, CORE, STUDY, "fr")


def test_what_was_left_out_says_why(bare_document):
    """An instrument without constructs still gives a report, with the reasons."""
    text = all_text(bare_document)
    assert "The scales at a glance cannot be done here." in text
    titles = [h.text.partition("\u2002")[2] for h in of(bare_document, Heading) if h.level == 1]
    assert "What goes with the outcome" not in titles
    assert "Which questions belong together" in titles


def test_items_without_wording_are_not_printed_twice(bare_document):
    loadings = next(t for t in of(bare_document, DocumentTable) if "Loadings" in t.title)
    assert [column.header for column in loadings.columns[:2]] == ["item", "F1"]


def test_one_language_is_enough(findings):
    """A study titled in Chinese only has that title in the English report too."""
    study = msgspec.structs.replace(STUDY, title=type(STUDY.title)({"zh": "只有中文"}))
    assert build_report(findings, CORE, study, "en").title == "只有中文"


def test_the_method_groups_tables_with_the_same_workings(document, findings):
    table = next(t for t in of(document, DocumentTable) if t.title == "各表的计算方法")
    numbers = [row[0] for row in table.rows]
    assert len(numbers) == len(set(numbers))
    assert len(table.rows) < 12 < sum(len(c.tables) for c in findings.chapters)
    assert any("polychoric" in row[2] and "oblimin" in row[2] for row in table.rows)
    assert any("7" in row[2] and "随机种子" in row[2] for row in table.rows)


def test_the_method_gives_no_exact_numbers_of_people(findings):
    """Remarks on missing answers count people too, so P5 holds for them."""
    chapter = findings.chapter("reliability")
    how = Provenance(
        n=2981,
        missing=Message("listwise: {n} left out; {b} items needed", {"n": 897, "b": 3}),
        left_out=(Message("{count} of {rows} rows", {"count": 785, "rows": 3062}),),
        seed=20260117,
    )
    table = msgspec.structs.replace(chapter.tables[0], provenance=how)
    chapter = msgspec.structs.replace(chapter, tables=(table,))
    one = msgspec.structs.replace(findings, chapters=(chapter,))
    text = all_text(build_report(one, CORE, STUDY, "en"))
    assert "listwise: 895 left out; 3 items needed" in text
    assert "785 of 3060 rows" in text
    assert "20260117" in text


def test_numbers_are_worded_as_ranges():
    assert number_ranges([3, 1, 2, 7, 9, 10]) == "1–3, 7, 9–10"


def test_the_same_findings_give_the_same_document(findings, document):
    assert build_report(findings, CORE, STUDY, "zh") == document


def test_new_tables_need_no_new_code(findings):
    """A table the report has never heard of is printed as a table."""
    chapter = findings.chapter("reliability")
    table = msgspec.structs.replace(
        chapter.tables[0],
        id="future.table",
        title=plain("Something new"),
        columns=(Column("a", plain("a"), Kind.LABEL), Column("b", plain("b"), Kind.PRECISE)),
        rows=(("x", 0.12345),),
    )
    new = msgspec.structs.replace(
        findings,
        chapters=(msgspec.structs.replace(chapter, id="future", tables=(table,)),),
    )
    document = build_report(new, CORE, STUDY, "en")
    assert ("x", "0.123") in of(document, DocumentTable)[0].rows
