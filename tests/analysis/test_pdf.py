"""Pages: what a reader needs is on each of them, inside its margins, in the shipped font."""

from __future__ import annotations

import ctypes
import io
import re
import zlib
from dataclasses import replace

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reports.document import (
    Align,
    Bullets,
    Cover,
    Document,
    DocumentTable,
    Facts,
    Heading,
    Paragraph,
    TableColumn,
)
from analysis.reports.findings_report import build_report
from analysis.reports.pdf import render_pdf, write_pdf
from analysis.reports.pdf_style import SIDE
from tests.analysis.sample_findings import (
    bare_instrument,
    core_instrument,
    sample_findings,
    sample_study,
)

EDGE = SIDE - 3


def small_document(*blocks, language="zh", watermark="") -> Document:
    return Document(
        language=language,
        title="标题 <Title> & more",
        author="作者",
        date="2026-05-20",
        cover=Cover("标题 <Title> & more", "副标题", (("人数", "120"),), ("请注意。",)),
        blocks=blocks,
        running="页脚 foot",
        watermark=watermark,
    )


def long_table(n_rows=120, n_columns=4, **changes) -> DocumentTable:
    columns = (
        TableColumn("题号"),
        *(TableColumn(f"列{i}", Align.RIGHT) for i in range(1, n_columns)),
    )
    rows = tuple(
        (f"行{r}", *(f"{r * i / 7:.2f}" for i in range(1, n_columns))) for r in range(n_rows)
    )
    return replace(DocumentTable("表1 很长的表", columns, rows, notes=("注：说明。",)), **changes)


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(data)


def texts(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded().replace("\r", "") for page in open_pdf(data)]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request):
    instrument = core_instrument()
    document = build_report(sample_findings(instrument), instrument, sample_study(), request.param)
    return document, render_pdf(document)


@pytest.fixture(scope="module")
def bare_report():
    instrument = bare_instrument()
    return render_pdf(build_report(sample_findings(instrument), instrument, sample_study(), "zh"))


@pytest.fixture(scope="module")
def any_report(report, bare_report):
    """All pages of the full report and of one on a bare data file."""
    both = pypdfium2.PdfDocument.new()
    for data in (report[1], bare_report):
        both.import_pages(open_pdf(data))
    buffer = io.BytesIO()
    both.save(buffer)
    return buffer.getvalue()


def test_headings_stand_in_order(report):
    document, data = report
    whole = squeezed("".join(texts(data)[1:]))
    contents, place = whole, 0
    for heading in (b for b in document.blocks if isinstance(b, Heading)):
        found = contents.find(squeezed(heading.text), place)
        assert found >= 0, heading.text
        place = found


def test_every_page_has_its_number_foot_and_watermark(report):
    document, data = report
    pages = texts(data)
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text
        assert squeezed(document.running) in squeezed(text)
        assert "SYNTHETIC" in text
        assert "合成数据" in text


def test_no_watermark_where_none_is_asked_for():
    pages = texts(render_pdf(small_document(Paragraph("正文"))))
    assert not any("SYNTHETIC" in page for page in pages)


def test_the_table_of_contents_tells_the_right_pages(report):
    _document, data = report
    pages = texts(data)
    entries = re.findall(r"^(\d\u2002.+?)\s(\d+)$", pages[1], re.MULTILINE)
    assert len(entries) >= 8
    for title, page in entries:
        assert squeezed(title)[:30] in squeezed(pages[int(page) - 1])


def test_bookmarks_follow_the_headings(report):
    document, data = report
    pdf = open_pdf(data)
    marks = [(mark.level, mark.get_title()) for mark in pdf.get_toc()]
    wanted = [(b.level - 1, b.text) for b in document.blocks if isinstance(b, Heading)]
    assert marks[1:] == wanted


def test_metadata(report):
    document, data = report
    pdf = open_pdf(data)
    assert pdf.get_metadata_value("Title") == document.title
    assert pdf.get_metadata_value("Author") == document.author
    assert pdf.get_metadata_value("CreationDate").startswith("D:20260520")
    language = {"zh": b"zh-CN", "en": b"en"}[document.language]
    assert re.search(rb"/Lang \(" + language + rb"\)", data)


def text_boxes(page) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Return words and boxes of the text objects of a page that stand upright."""
    boxes = []
    textpage = page.get_textpage()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=5):
        matrix = item.get_matrix()
        length = pdfium.FPDFTextObj_GetText(item, textpage, None, 0)
        buffer = (ctypes.c_ushort * length)()
        pdfium.FPDFTextObj_GetText(item, textpage, buffer, length)
        words = bytes(buffer).decode("utf-16-le").rstrip("\x00")
        if abs(matrix.b) < 1e-6 and words.strip():
            boxes.append((words, item.get_bounds()))
    return boxes


def test_no_text_runs_over_the_margins(any_report):
    for page in open_pdf(any_report):
        width, height = page.get_size()
        boxes = text_boxes(page)
        assert boxes
        for words, (left, bottom, right, top) in boxes:
            assert left >= EDGE, words
            assert right <= width - EDGE, words
            assert bottom >= 24, words
            assert top <= height - 40, words


def test_no_two_texts_lie_on_each_other(any_report):
    """Cells that overlap would be a column too narrow."""
    for number, page in enumerate(open_pdf(any_report), start=1):
        boxes = sorted(text_boxes(page), key=lambda box: box[1][1])
        for i, (words, (left, bottom, right, top)) in enumerate(boxes):
            for other, (l2, b2, r2, t2) in boxes[i + 1 :]:
                if b2 >= top:
                    break
                across = min(right, r2) - max(left, l2)
                along = min(top, t2) - max(bottom, b2)
                inside = along > 0.5 * min(top - bottom, t2 - b2)
                assert not (across > 1.5 and inside), (number, words, other)


def test_the_header_row_is_repeated_on_every_page_of_a_table():
    data = render_pdf(small_document(Heading("章"), long_table(n_rows=200, n_columns=6)))
    pages = [text for text in texts(data) if "行" in text]
    assert len(pages) >= 3
    assert all("题号" in text and "列5" in text for text in pages)
    assert all("表1很长的表" in squeezed(text) for text in pages)
    assert all("（续）" in text for text in pages[1:])
    assert "（续）" not in pages[0]
    assert [("注：说明。" in text) for text in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("n_columns", [2, 3, 6, 14, 24, 60])
def test_every_cell_is_printed_once_however_many_columns(n_columns):
    """Two-up, upright, sideways or divided: no cell is cut off or lost."""
    table = long_table(n_rows=40, n_columns=n_columns)
    data = render_pdf(small_document(Heading("章"), table))
    printed = " ".join(texts(data)).split()
    for row in table.rows:
        for cell in row[1:]:
            wanted = sum(other.count(cell) for other in table.rows)
            assert printed.count(cell) >= wanted, cell
    for page in open_pdf(data):
        for words, (left, _bottom, right, _top) in text_boxes(page):
            assert left >= EDGE, words
            assert right <= page.get_size()[0] - EDGE, words


def test_a_table_too_broad_for_the_page_is_turned():
    data = render_pdf(small_document(Heading("章"), long_table(n_rows=10, n_columns=21)))
    sizes = [page.get_size() for page in open_pdf(data)]
    assert sizes[0][0] < sizes[0][1]
    assert any(width > height for width, height in sizes)


def test_a_row_higher_than_a_page_is_divided():
    text = "很长的回答，" * 900
    table = DocumentTable(
        "表", (TableColumn("甲"), TableColumn("乙")), (("一", text), ("二", "短"))
    )
    data = render_pdf(small_document(Heading("章"), table))
    pages = texts(data)
    assert squeezed("".join(pages)).count("答") == 900
    assert "很长的回答" in pages[2], "the table begins under its heading"


def test_numbers_are_never_broken():
    numbers = tuple(f"[−{i}.{i:02d}, {i + 1}.50]" for i in range(10, 40))
    columns = (TableColumn("很长很长的说明" * 4), TableColumn("区间", Align.RIGHT))
    table = DocumentTable("表", columns, tuple(("说明" * 60, number) for number in numbers))
    lines = "\n".join(texts(render_pdf(small_document(table)))).splitlines()
    for number in numbers:
        assert any(number in line for line in lines)


def drawn_lines(data: bytes) -> int:
    return sum(
        1
        for page in open_pdf(data)
        for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=5)
    )


def test_hidden_cells_are_hatched_with_drawn_lines():
    """Seen on paper without colour, and nothing but a dash stands there."""
    rows = (("甲", "–"), ("乙", "44"))
    columns = (TableColumn("组"), TableColumn("n", Align.RIGHT))
    plain = DocumentTable("表", columns, rows)
    hatched = replace(plain, hatched=frozenset({(0, 1)}))
    assert drawn_lines(render_pdf(small_document(hatched))) > drawn_lines(
        render_pdf(small_document(plain))
    )


def test_the_shipped_fonts_are_embedded_as_subsets(report):
    _document, data = report
    names = set(re.findall(rb"/BaseFont /([^\s/]+)", data))
    assert {name.split(b"+")[-1] for name in names} == {b"NotoSansSC-Regular", b"NotoSansSC-Bold"}
    assert all(re.fullmatch(rb"[A-Z]{6}\+.*", name) for name in names)
    assert data.count(b"/FontFile2") == len(names)
    assert len(data) < 1_500_000


def test_the_same_document_gives_the_same_bytes(report):
    document, data = report
    assert render_pdf(document) == data


def test_the_clock_is_not_in_the_file(report):
    _document, data = report
    dates = set(re.findall(rb"D:(\d{8})", data))
    assert dates == {b"20260520"}


def test_angle_brackets_and_ampersands_are_printed_as_they_are():
    nasty = 'a <b>bold</b> & "x" <para> &amp; $5 \\ %'
    document = small_document(
        Heading(nasty), Paragraph(nasty), Bullets((nasty,)), Facts(((nasty, nasty),))
    )
    whole = squeezed("".join(texts(render_pdf(document))))
    assert whole.count(squeezed(nasty)) >= 5


def test_english_quotation_marks_stay_characters():
    """They are set narrow, but a search still finds them."""
    text = "goes with “Risk aversion”, people’s view"
    whole = " ".join(texts(render_pdf(small_document(Paragraph(text), language="en"))))
    assert squeezed(text) in squeezed(whole)


def test_text_is_readable_over_the_watermark():
    """The darkest grey of the watermark stays far from the ink, in colour and in print."""
    page = open_pdf(render_pdf(small_document(watermark="SYNTHETIC 合成数据")))[0]
    picture = np.asarray(page.render(scale=1, grayscale=True).to_pil().convert("L"))
    values, counts = np.unique(picture, return_counts=True)
    grey = values[(counts > 2000) & (values < 250)]
    assert grey.size
    assert grey.min() >= 225


def test_spacing_of_one_line_does_not_leak_into_the_next():
    """A justified paragraph must not space out the table under it."""
    table = DocumentTable("表", (TableColumn("a"), TableColumn("b")), (("wordword", "x"),))
    alone = open_pdf(render_pdf(small_document(table)))
    after = open_pdf(render_pdf(small_document(Paragraph("正文内容测试，" * 40), table)))

    def width(pdf):
        return next(
            box[2] - box[0] for words, box in text_boxes(pdf[1]) if words.strip() == "wordword"
        )

    assert width(after) == pytest.approx(width(alone), abs=0.01)


@pytest.mark.parametrize(
    "block",
    [
        DocumentTable("t", (TableColumn("a"),), (("x", "y"),)),
        DocumentTable("t", (), ()),
        Paragraph("x", style="fancy"),
    ],
)
def test_what_cannot_be_printed_is_refused(block):
    with pytest.raises(ValueError, match=r"columns|style"):
        render_pdf(small_document(block))


def test_write_pdf_takes_chinese_paths(tmp_path):
    path = tmp_path / "报告 一.pdf"
    write_pdf(small_document(Paragraph("正文")), path)
    assert path.read_bytes().startswith(b"%PDF-")


def test_an_almost_empty_document_has_a_cover_and_its_page():
    pages = texts(render_pdf(small_document()))
    assert len(pages) == 1
    assert "1 / 1" in pages[0]


def test_figures_carry_a_description_for_those_who_cannot_see(report):
    document, data = report
    streams = b"".join(
        zlib.decompress(stream) for stream in _streams(data) if stream[:1] == b"\x78"
    )
    described = re.findall(rb"/Figure <</Alt <([0-9a-f]+)>>> BDC", streams)
    wanted = [b.description for b in document.blocks if hasattr(b, "description")]
    assert [bytes.fromhex(d.decode()).decode("utf-16") for d in described] == wanted


def _streams(data: bytes) -> list[bytes]:
    import base64

    streams = []
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        body = match.group(1).strip()
        if body.endswith(b"~>"):
            body = base64.a85decode(body[:-2])
        streams.append(body)
    return streams


WORDS = st.sampled_from(
    ["干部", "容错", "，", "“担当”", "risk ", "aversion ", "3,190 ", "（县）", "。"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=150).map("".join)


@st.composite
def documents(draw):
    blocks = []
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["heading", "text", "bullets", "facts", "table"]))
        if kind == "heading":
            blocks.append(Heading(f"标题{number}", draw(st.integers(1, 3))))
        elif kind == "text":
            style = draw(st.sampled_from(["body", "lead", "small", "caution"]))
            blocks.append(Paragraph(draw(TEXTS), style))
        elif kind == "bullets":
            blocks.append(Bullets(tuple(draw(st.lists(TEXTS, max_size=4)))))
        elif kind == "facts":
            blocks.append(
                Facts(tuple((f"名{i}", draw(TEXTS)) for i in range(draw(st.integers(0, 3)))))
            )
        else:
            n_rows, n_columns = draw(st.integers(0, 60)), draw(st.integers(1, 9))
            table = long_table(n_rows, n_columns)
            strong = frozenset(draw(st.sets(st.integers(0, max(0, n_rows - 1)), max_size=4)))
            blocks.append(replace(table, strong=strong))
    return small_document(*blocks, language=draw(st.sampled_from(["zh", "en"])))


@settings(max_examples=25, deadline=None)
@given(documents())
def test_every_document_ends_and_prints_all_its_words(document):
    """Layout comes to an end for any mixture of blocks, and nothing falls between two pages.

    Counted by character, since a word may be divided by the foot of a page.
    """
    printed = squeezed("".join(texts(render_pdf(document))))
    wanted = ""
    for block in document.blocks:
        match block:
            case Bullets():
                wanted += "".join(block.items)
            case Facts():
                wanted += "".join(value for _name, value in block.rows)
            case DocumentTable():
                assert all(row[0] in printed for row in block.rows)
            case _:
                wanted += block.text
    for character in "干容担县k3。题":
        assert printed.count(character) >= wanted.count(character)
