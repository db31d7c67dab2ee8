"""The paper questionnaire: nothing missing, nothing split, nothing that leads to a person."""

from dataclasses import dataclass
from itertools import combinations, pairwise

import msgspec
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.reports import paper_pdf
from analysis.reports.line_breaking import NEVER_FIRST
from analysis.reports.paper_conditions import only_if
from analysis.reports.paper_form import item_numbers, paper_form, write_paper
from analysis.reports.paper_items import code_cells, number_cells
from analysis.reports.paper_pdf import BODY, paginate
from analysis.reports.paper_pieces import Space
from analysis.reports.paper_text import Face, Wording
from analysis.reports.paper_versions import allot, form_versions, name_of, recording_items
from surveys import bank
from surveys.logic import parse
from surveys.model import (
    Anchor,
    Instrument,
    Item,
    ItemKind,
    Option,
    ResponseScale,
    Section,
    Variant,
)
from surveys.words import Text, Words


def pages(data: bytes) -> list[str]:
    """Return the text of each page without spaces and line ends."""
    document = pypdfium2.PdfDocument(data)
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def squeezed(text: str) -> str:
    straight = str.maketrans("“”‘’", "\"\"''")
    return "".join(text.split()).translate(straight)


def both(words: str) -> Text:
    return Text({"zh": words, "en": words})


def instrument(*items: Item) -> Instrument:
    return Instrument(
        id="x",
        version="1",
        title=both("X"),
        sections=(Section("A", both("A"), tuple(item.id for item in items)),),
        items=items,
        consent=both("free"),
    )


@pytest.mark.parametrize("name", bank.INSTRUMENTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_item_is_printed(name, language):
    """Each item's wording and id, each option, and page n / N stand on the form."""
    made = bank.load(name)
    form, data = paper_form(made, language)
    texts = pages(data)
    assert len(texts) == form.pages
    whole = squeezed("".join(texts))
    for item in made.presented():
        assert item.id in whole
        if item.id not in recording_items(made):
            assert squeezed(item.text.get(language)) in whole
        for option in item.options:
            assert squeezed(option.label.get(language)) in whole
    for number, text in enumerate(texts, start=1):
        assert f"{number}/{len(texts)}" in text


def test_both_languages_stand_together():
    """Chinese and English wordings are both on the bilingual form."""
    core = bank.load("cmra_core")
    whole = squeezed("".join(pages(paper_form(core, "both")[1])))
    for item in core.presented():
        assert squeezed(item.text.get("zh")) in whole
        assert squeezed(item.text.get("en")) in whole


@pytest.mark.parametrize("language", ["zh", "en"])
def test_prefer_not_is_offered_for_every_item_that_is_asked(language):
    """One mark a question, one column a matrix; only codes filled in by the team have none."""
    items = [
        Item(id="S", kind=ItemKind.SINGLE, text=both("s"), options=(Option(1, both("a")), Option(2, both("b")))),
        Item(id="M", kind=ItemKind.MULTIPLE, text=both("m"), options=(Option(1, both("a")), Option(2, both("b")))),
        Item(id="N", kind=ItemKind.NUMBER, text=both("n")),
        Item(id="D", kind=ItemKind.DATE, text=both("d")),
        Item(id="T", kind=ItemKind.TEXT, text=both("t")),
        Item(id="R", kind=ItemKind.RATING, text=both("r"), scale=ResponseScale("r", 0, 10)),
        Item(id="L", kind=ItemKind.LIKERT, text=both("l"), scale=ResponseScale("l", 1, 5)),
        Item(id="C", kind=ItemKind.CODE, text=both("c")),
    ]  # fmt: skip
    whole = "".join(pages(paper_form(instrument(*items), language)[1]))
    words = squeezed(Words(language)("Prefer not to answer"))
    assert whole.count(words) == len(items) - 1 + 1  # once more in the instructions


def test_no_field_asks_for_a_name():
    """The words of the form itself never ask who somebody is."""
    item = Item(id="N", kind=ItemKind.NUMBER, text=both("n"))
    for language, forbidden in (
        ("zh", ("姓名", "电话", "签名", "单位")),
        ("en", ("Name", "Phone", "Sign")),
    ):
        whole = "".join(pages(paper_form(instrument(item), language)[1]))
        assert not any(word in whole for word in forbidden)


def test_matrix_header_is_repeated_on_every_page():
    """Nobody has to turn back to see which circle means what."""
    core = bank.load("cmra_core")
    texts = pages(paper_form(core, "zh")[1])
    for text in texts:
        if any(item.text.get("zh") in text for item in core.likert_items):
            assert "非常不同意" in text or "从不" in text


@dataclass(frozen=True)
class Block:
    height: float
    keep: bool
    header: object = None

    def draw(self, pen, x, top, width):
        """Draw nothing."""


HEADER = Block(20.0, True)
blocks = st.lists(
    st.builds(
        Block,
        st.floats(1, 160),
        st.booleans(),
        st.sampled_from([None, HEADER]),
    )
    | st.floats(1, 20).map(Space),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(blocks)
def test_pages_hold_their_parts(parts):
    """No part leaves its page, order is kept, nothing is lost, and what keeps stays with the next."""
    run = 0
    for place, part in enumerate(parts):
        run = run + 1 if part.keep else 0
        if run > 3:
            parts[place] = Block(10.0, False)
            run = 0
    made = paginate(parts)
    placed = [p for page in made for p, _ in page if not isinstance(p, Space) and p is not HEADER]
    assert placed == [p for p in parts if not isinstance(p, Space)]
    top, foot = paper_pdf.A4[1] - paper_pdf.TOP, paper_pdf.BOTTOM
    for page in made:
        edge = top
        for part, upper in page:
            assert upper == pytest.approx(edge, abs=1e-6)
            edge -= part.height
        assert edge >= foot - 1e-6
    for page in made[:-1]:
        assert not page[-1][0].keep
    for page in made[1:]:
        first = page[0][0]
        assert first is HEADER or first.header is None


def test_space_is_tightened_to_save_a_page():
    """A last page for one line only is avoided where a little less space suffices."""
    parts = [p for _ in range(20) for p in (Space(8), Block((BODY - 19 * 8) / 20, False))]
    assert len(paginate([*parts, Space(8), Block(20, False)])) == 1
    assert len(paginate([*parts, Space(8), Block(200, False)])) == 2


def test_section_title_is_never_alone_at_the_foot():
    """In every form of the bank a title has at least one question under it."""
    from analysis.reports.paper_form import _pieces
    from analysis.reports.paper_matrix import GridHead
    from analysis.reports.paper_pieces import Question, SectionTitle

    for name in bank.INSTRUMENTS:
        for language in ("zh", "en", "both"):
            made = bank.load(name)
            version = form_versions(made)[0]
            for page in paginate(_pieces(made, Wording(language), version)):
                assert not isinstance(page[-1][0], (SectionTitle, GridHead, Question))


def test_a_question_longer_than_a_page_is_refused(tmp_path):
    """Nothing is cut off silently."""
    item = Item(id="T", kind=ItemKind.TEXT, text=both("很长的题目。" * 1500))
    with pytest.raises(AnalysisError, match="does not fit"):
        write_paper(instrument(item), tmp_path / "x.pdf")


def test_long_consent_runs_over_pages():
    """A long consent text is not a question; its box continues on the next page."""
    item = Item(id="N", kind=ItemKind.NUMBER, text=both("n"))
    made = msgspec.structs.replace(instrument(item), consent=both("自愿甲参加。" * 1200))
    form, data = paper_form(made)
    assert form.pages >= 2
    assert "".join(pages(data)).count("甲") == 1200


@pytest.mark.parametrize("language", ["fr", ""])
def test_unknown_language_is_refused(language):
    """Only Chinese, English or both."""
    with pytest.raises(AnalysisError):
        paper_form(bank.load("cmra_pulse"), language)


def test_language_the_instrument_lacks_is_refused():
    """A form half in another language is not printed."""
    item = Item(id="N", kind=ItemKind.NUMBER, text=both("n"))
    made = msgspec.structs.replace(instrument(item), languages=("zh",))
    for language in ("en", "both"):
        with pytest.raises(AnalysisError):
            paper_form(made, language)


@pytest.mark.parametrize("copies", [0, -1, 10**6])
def test_number_of_copies_is_checked(copies):
    """No empty and no endless file."""
    with pytest.raises(AnalysisError):
        paper_form(bank.load("cmra_pulse"), copies=copies)


def test_same_form_same_bytes(tmp_path):
    """The file depends on the instrument and the options only, not on the clock."""
    audit = bank.load("etma_audit")
    write_paper(audit, tmp_path / "一 份.pdf", copies=3, seed=5)
    write_paper(audit, tmp_path / "b.pdf", copies=3, seed=5)
    assert (tmp_path / "一 份.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_synthetic_is_said_on_every_page():
    """A form for made-up answers cannot be mistaken for a real one."""
    for text in pages(paper_form(bank.load("cmra_core"), "zh", synthetic=True)[1]):
        assert "SYNTHETIC" in text


def test_each_copy_begins_on_a_front_side():
    """Copies of an odd number of pages are filled up, so that both sides can be printed."""
    pulse = bank.load("cmra_pulse")
    form, data = paper_form(pulse, "zh", copies=2)
    assert form.pages % 2 == 1
    assert len(pages(data)) == 2 * (form.pages + 1)
    assert pages(data)[form.pages] == ""


def test_versions_of_three_cases_are_the_orthogonal_half():
    """AAA, ABB, BAB, BBA: every pair of cases shows every combination once."""
    versions = form_versions(bank.load("etma_audit"))
    assert sorted(map(name_of, versions)) == ["AAA", "ABB", "BAB", "BBA"]
    for first, second in combinations(versions[0], 2):
        assert len({(v[first], v[second]) for v in versions}) == 4


def varied(letters: list[str]) -> Instrument:
    scale = ResponseScale("r", 0, 10, (Anchor(0, both("0")), Anchor(10, both("10"))))
    return instrument(
        *(
            Item(
                id=f"V{n}",
                kind=ItemKind.RATING,
                text=both("v"),
                scale=scale,
                variants=tuple(Variant(letter, both(f"case{n}{letter}")) for letter in row),
            )
            for n, row in enumerate(letters)
        )
    )


@given(
    st.lists(st.sampled_from(["AB", "ABC"]), min_size=1, max_size=4),
    st.integers(1, 60),
    st.integers(0, 99),
)
def test_allotment_is_balanced_and_reproducible(letters, copies, seed):
    """Versions differ by at most one copy, each variant is used, and the seed decides."""
    made = varied(letters)
    allotted = allot(made, copies, seed)
    counts = [allotted.count(version) for version in form_versions(made)]
    assert sum(counts) == copies
    assert max(counts) - min(counts) <= 1
    assert allot(made, copies, seed) == allotted
    for item in made.items:
        shown = {version[item.id] for version in form_versions(made)}
        assert shown == {variant.id for variant in item.variants}


def test_printed_case_is_the_allotted_one():
    """The text and the letters on a copy are those that the report of the printing names."""
    form, data = paper_form(varied(["AB", "AB"]), "en", copies=4, seed=3)
    texts = pages(data)
    each = len(texts) // 4
    assert sorted(form.versions) == ["AA", "AB", "BA", "BB"]
    for copy, name in enumerate(form.versions):
        text = "".join(texts[copy * each : (copy + 1) * each])
        for case, letter in enumerate(name):
            assert f"case{case}{letter}" in text
        assert name in text


def test_recorded_variants_are_not_asked():
    """The code item of a case is printed with the case and has no number of its own."""
    audit = bank.load("etma_audit")
    assert recording_items(audit) == {"V1_variant", "V2_variant", "V3_variant"}
    numbers = item_numbers(audit)
    assert list(numbers.values()) == list(range(1, 25))
    assert not set(numbers) & recording_items(audit)


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        ("S = 1", "仅当第 2 题选“是”时回答：", "Only if question 2 is “Yes”:"),
        ("S != 2", "仅当第 2 题没有选“否”时回答：", "Only if question 2 is not “No”:"),
        ("N >= 3", "仅当第 1 题不小于 3时回答：", "Only if question 1 is at least 3:"),
        (
            "selected(M, 2) or S = 1",
            "仅当第 3 题勾选了“否”，或者第 2 题选“是”时回答：",
            "Only if “No” is ticked in question 3, or question 2 is “Yes”:",
        ),
    ],
)
def test_conditions_in_words(condition, zh, en):
    """A condition is printed with question numbers and the words of the answers."""
    options = (
        Option(1, Text({"zh": "是", "en": "Yes"})),
        Option(2, Text({"zh": "否", "en": "No"})),
    )
    made = instrument(
        Item(id="N", kind=ItemKind.NUMBER, text=both("n")),
        Item(id="S", kind=ItemKind.SINGLE, text=both("s"), options=options),
        Item(id="M", kind=ItemKind.MULTIPLE, text=both("m"), options=options),
    )
    said = only_if(parse(condition), made, item_numbers(made))
    assert Words("zh").say(said) == zh
    assert Words("en").say(said) == en


def test_condition_stands_above_its_item():
    """The instruction is on the form, in the language of the form."""
    whole = "".join(pages(paper_form(bank.load("etma_audit"), "zh")[1]))
    assert "仅当第6题选“有”时回答" in whole


@pytest.mark.parametrize(
    ("pattern", "cells"),
    [
        ("^C[0-9]{2}$", ("C", "", "")),
        ("[AB]", ("",)),
        (r"[A-Z]{2}-\d{3}", ("", "", "-", "", "", "")),
        (r"\d+", ("",) * 8),
        ("(A|B)1", ("",) * 8),
        (None, ("",) * 8),
    ],
)
def test_boxes_of_a_code(pattern, cells):
    """A code of fixed length gets its boxes, the fixed letters printed."""
    assert code_cells(Item(id="C", kind=ItemKind.CODE, text=both("c"), pattern=pattern)) == cells


@pytest.mark.parametrize(
    ("low", "high", "whole", "cells"),
    [
        (0, 300, True, ("", "", "")),
        (0, 9, True, ("",)),
        (-20, 5, True, ("", "", "")),
        (0, 99.5, False, ("", "", ".", "", "")),
        (None, None, True, ("", "", "", "")),
    ],
)
def test_boxes_of_a_number(low, high, whole, cells):
    """As many boxes as the largest allowed number has digits, a sign where it may be negative."""
    item = Item(
        id="N", kind=ItemKind.NUMBER, text=both("n"), minimum=low, maximum=high, integer=whole
    )
    assert number_cells(item) == cells


@given(st.text("我们干部，。？！“”（）abc 1", min_size=1, max_size=120), st.floats(60, 300))
def test_no_line_begins_with_a_closing_mark(text, width):
    """Chinese rules of line breaking hold on the form."""
    body = "干部" + text.strip("，。？！”） ")
    # A run of closing marks longer than a line cannot but be cut.
    if any(a in NEVER_FIRST and b in NEVER_FIRST for a, b in pairwise(body.replace(" ", ""))):
        return
    lines = Wording("zh").lines(Text({"zh": body}), Face(9.5, 14), width).lines
    for line in lines[1:]:
        assert line.text[0] not in NEVER_FIRST
