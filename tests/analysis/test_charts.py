"""Charts: what they show, that they hide what is hidden, and that SVG and PDF give the same picture."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import msgspec
import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image
from reportlab.graphics import renderPDF
from reportlab.pdfgen.canvas import Canvas

from analysis.findings import Chapter, Column, Hidden, Interval, Kind, Table
from analysis.reports import charts
from analysis.reports.charts.likert import likert_colours
from analysis.reports.charts.sheet import hatch_segments, text_width, wrap
from analysis.reports.findings_figures import charts_of
from analysis.reports.pdf_figures import drawing_from_svg
from surveys.words import Words
from tests.analysis.sample_findings import core_instrument, plain, sample_findings

FONTS = Path(charts.__file__).resolve().parents[1] / "fonts"
SCALE = 2.0
FAMILIES = charts.FamilyMarks(("解除顾虑", "提升能力", "改革体制机制"))


def rows_of_answers():
    return [
        charts.LikertRow("RISK1", "遇到没有明确规定的事，我宁可先不办。", (5, 20, 30, 35, 10), 25),
        charts.LikertRow("RISK2", "A long wording " * 8, (40, 30, 20, 9, 1), 70),
        charts.LikertRow("RISK3", "hidden", None, None),
    ]


def texts_of(figure):
    return [child for child in figure.get_children() if isinstance(child, Text)]


def example_charts():
    words = Words("zh")
    points = ["非常不同意", "不同意", "中立", "同意", "非常同意"]
    means = [
        charts.MeanRow("可信度", "解除顾虑", "favourable", 41.2, (39.0, 43.4)),
        charts.MeanRow("形式主义", "改革体制机制", "unfavourable", 66.0, (64.1, 67.9)),
        charts.MeanRow("hidden", "提升能力", "neutral", None, None),
    ]
    effects = [
        charts.EffectRow("可信度", "解除顾虑", -0.21, (-0.3, -0.12), True),
        charts.EffectRow("指标过载", "改革体制机制", 0.02, (-0.05, 0.09), False),
    ]
    shares = [
        charts.ImportanceRow("可信度", "解除顾虑", 31, (24, 39), True),
        charts.ImportanceRow("指标过载", "改革体制机制", 8, (1, 15), False),
    ]
    scree = [charts.ScreeRow(n, 6 / n, 1.3 - 0.02 * n, n < 4) for n in range(1, 9)]
    loadings = [
        charts.LoadingRow(f"A{n}", "wording", (0.8 - 0.1 * n, -0.45, 0.1)) for n in range(6)
    ]
    bars = [
        charts.BarGroup("您的性别", (charts.Bar("男", 61), charts.Bar("女", None))),
        charts.BarGroup("您的年龄", (charts.Bar("30岁以下", 20), charts.Bar("未答", 3, True))),
    ]
    return {
        "likert": charts.likert_chart(rows_of_answers(), points, words, True),
        "means": charts.means_chart(means, FAMILIES, words),
        "forest": charts.forest_chart(effects, FAMILIES, words, "less", "more"),
        "importance": charts.importance_chart(shares, FAMILIES, words),
        "scree": charts.scree_chart(scree, words),
        "loadings": charts.loadings_chart(loadings, ["F1", "F2", "F3"], words),
        "background": charts.bars_chart(bars, n_columns=2),
        "screening": charts.bars_chart(bars[:1]),
    }


NAMES = ("likert", "means", "forest", "importance", "scree", "loadings", "background", "screening")


@pytest.fixture(scope="module")
def drawn():
    return example_charts()


def picture_of_svg(svg: bytes, width: int, height: int) -> np.ndarray:
    """Draw an SVG with a renderer that has nothing to do with matplotlib or svglib."""
    from PySide6.QtCore import QByteArray, QRectF
    from PySide6.QtGui import QFontDatabase, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    for file in FONTS.glob("*.ttf"):
        QFontDatabase.addApplicationFont(str(file))
    svg = re.sub(rb"font-family: [^;]+", b"font-family: Noto Sans SC", svg)
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, width, height))
    painter.end()
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return lines[:, :width].copy()


def picture_of_pdf(svg: bytes) -> np.ndarray:
    drawing = drawing_from_svg(svg)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(drawing.width, drawing.height))
    renderPDF.draw(drawing, canvas, 0, 0)
    canvas.save()
    page = pypdfium2.PdfDocument(buffer.getvalue())[0]
    return np.asarray(page.render(scale=SCALE, grayscale=True).to_pil().convert("L"))


def coarse(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Shrink to fields of 4 x 4 pixels, so that edges and hinting do not count."""
    image = Image.fromarray(picture).resize((width // 4, height // 4), Image.Resampling.BOX)
    return np.asarray(image, float)


@pytest.mark.parametrize("name", NAMES)
def test_svg_and_pdf_give_the_same_picture(name, drawn, qapp_offscreen):
    """Nothing is lost on the way: per 2 x 2 points the greys agree to 2 % on average, and hardly
    any field differs by more than a quarter (text is set by three different engines)."""
    svg = charts.to_svg(drawn[name])
    pdf = picture_of_pdf(svg)
    height, width = pdf.shape
    difference = np.abs(
        coarse(pdf, width, height) - coarse(picture_of_svg(svg, width, height), width, height)
    )
    assert difference.mean() < 0.02 * 255
    assert (difference > 0.25 * 255).mean() < 0.012
    assert (coarse(pdf, width, height) < 200).mean() > 0.003, "the picture is empty"


@pytest.fixture(scope="module")
def qapp_offscreen():
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


@pytest.mark.parametrize("name", NAMES)
def test_text_is_text_in_the_shipped_font(name, drawn):
    """A researcher can edit the words, and the PDF finds its font."""
    svg = charts.to_svg(drawn[name]).decode()
    assert "<text" in svg
    assert all("Noto Sans SC" in family for family in re.findall("font-family: ([^;]+);", svg))
    assert "<pattern" not in svg


@pytest.mark.parametrize("name", NAMES)
def test_same_chart_same_bytes(name, drawn):
    assert charts.to_svg(drawn[name]) == charts.to_svg(example_charts()[name])


def test_png_has_the_asked_resolution(drawn):
    image = Image.open(io.BytesIO(charts.to_png(drawn["likert"], dpi=144)))
    assert image.format == "PNG"
    assert image.width == pytest.approx(2 * charts.TEXT_WIDTH, abs=2)


def test_nothing_is_drawn_outside_the_sheet(drawn):
    """A label that runs over the edge would be cut off on the page."""
    for name, figure in drawn.items():
        renderer = FigureCanvasAgg(figure).get_renderer()
        box = figure.bbox
        assert texts_of(figure)
        for text in texts_of(figure):
            extent = text.get_window_extent(renderer)
            assert extent.x0 >= box.x0 - 1, (name, text.get_text())
            assert extent.x1 <= box.x1 + 1, (name, text.get_text())
            assert extent.y0 >= box.y0 - 3, (name, text.get_text())
            assert extent.y1 <= box.y1 + 3, (name, text.get_text())


def test_hidden_answers_show_no_number():
    """A hidden distribution has a hatched field and dashes, and no per cent anywhere."""
    rows = [charts.LikertRow("BACK3", "", None, None)]
    figure = charts.likert_chart(rows, list("12345"), Words("en"), True)
    shown = [text.get_text() for text in texts_of(figure)]
    assert shown.count("–") == 2
    assert not any("%" in text for text in shown)


def test_charts_draw_the_rounded_numbers():
    """Bars made from 61.4 % and from 60.6 % are the same: lengths give nothing away (P5)."""

    def bar_chart(share):
        table = Table(
            id="respondents.D_SEX",
            title=plain("sex"),
            columns=(
                Column("answer", plain("answer"), Kind.LABEL),
                Column("n", plain("n"), Kind.COUNT),
                Column("share", plain("share"), Kind.SHARE),
            ),
            rows=(("a", 1000, share), ("b", Hidden(), Hidden())),
        )
        chapter = Chapter(id="respondents", title=plain("who"), tables=(table,))
        (chart,) = charts_of(sample_findings(), chapter, core_instrument(), Words("en"))
        return charts.to_svg(chart.figure)

    assert bar_chart(0.606) == bar_chart(0.614)
    assert bar_chart(0.606) != bar_chart(0.626)


def test_a_clear_effect_is_filled_though_its_rounded_interval_touches_zero():
    """Chart and table must not contradict each other on [0.003, 0.12]."""

    def forest(low):
        findings = sample_findings()
        table = findings.chapter("drivers").table("drivers.coefficients")
        row = (*table.rows[0][:2], 0.06, Interval(low, 0.12), *table.rows[0][4:])
        table = msgspec.structs.replace(table, rows=(row,))
        chapter = Chapter(id="drivers", title=plain("d"), tables=(table,))
        (chart,) = charts_of(findings, chapter, core_instrument(), Words("en"))
        return charts.to_svg(chart.figure)

    assert forest(0.003) != forest(-0.003)


def test_charts_of_one_report_share_their_scale():
    """The middle of every chart of answers is at the same place."""
    findings, instrument, words = sample_findings(), core_instrument(), Words("zh")
    made = charts_of(findings, findings.chapter("items"), instrument, words)
    middles = set()
    for chart in made:
        svg = charts.to_svg(chart.figure).decode()
        upright = re.findall(r'd="M ([\d.]+) ([\d.]+) ?\n?\s*L \1 ([\d.]+) ?\n?"', svg)
        (middle,) = (x for x, y0, y1 in upright if abs(float(y1) - float(y0)) > 40)
        middles.add(middle)
    assert len(middles) == 1
    assert len(made) == len(instrument.scales())


@given(st.floats(1, 200), st.floats(1, 60), st.floats(1, 9), st.floats(-50, 50), st.floats(-50, 50))
def test_hatch_lines_stay_inside(width, height, spacing, x, y):
    segments = hatch_segments(x, y, width, height, spacing)
    for start, end in segments:
        for px, py in (start, end):
            assert x - 1e-6 <= px <= x + width + 1e-6
            assert y - 1e-6 <= py <= y + height + 1e-6
        assert end[0] - start[0] == pytest.approx(start[1] - end[1], abs=1e-6), "not at 45 degrees"


@pytest.mark.parametrize("n", range(2, 12))
def test_every_point_has_a_colour_and_the_ends_are_strongest(n):
    colours = likert_colours(n)
    assert len(colours) == n
    assert colours[0] == "#8C3F12"
    assert colours[-1] == "#1F4E79"


def test_wrap_says_that_it_cut():
    lines = wrap("一二三四五六七八九十" * 10, 60, 7.5, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(text_width(line) <= 60 for line in lines)
