"""A sheet of points to draw a chart on: one unit is one point, the origin is the top left corner.

Charts are set like pages, not like plots: every label has its place and its size in points, so that
a figure printed at its own size has the same type as the text around it. The figure belongs to
matplotlib and keeps no global state; text stays text in the SVG. Hatches are drawn as lines, since
patterns get lost on the way from SVG to PDF.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from analysis.reports.line_breaking import break_lines

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

TEXT_WIDTH = 453.5
"""Width of the text on the page (16 cm) in points."""

INK = "#1A1A1A"
SOFT = "#5A5A5A"
RULE = "#B8B8B8"
FAINT = "#E4E4E4"
PAPER = "#FFFFFF"
ACCENT = "#1F4E79"
CONTRAST = "#A5521F"

_NO_TURN = re.compile(rb' transform="rotate\(-?0 [^)]*\)"')

_GROUP = re.compile(rb'\s*<g id="[^"]*">')
_GROUP_END = re.compile(rb"\s*</g>")

Anchor = Literal["left", "center", "right"]
Shape = Literal["circle", "square", "triangle", "diamond", "down", "bar"]

_OTHER_FAMILIES = ["Microsoft YaHei", "PingFang SC"]


class Sheet:
    """A figure of a given size in points.

    Parameters
    ----------
    height, width
        In points. Drawing positions count from the top left corner.
    """

    def __init__(self, height: float, width: float = TEXT_WIDTH) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.width = width
        self.height = height
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, frameon=False)
        FigureCanvasSVG(self.figure)
        to_inches = Affine2D().scale(1 / 72, -1 / 72).translate(0, height / 72)
        self._points = to_inches + self.figure.dpi_scale_trans

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 7.5,
        bold: bool = False,
        colour: str = INK,
        anchor: Anchor = "left",
    ) -> None:
        """Write one line with its baseline at ``y``."""
        if words:
            from matplotlib.text import Text

            # a dollar sign would otherwise open a formula
            self._add(
                Text(
                    x,
                    y,
                    words,
                    color=colour,
                    horizontalalignment=anchor,
                    verticalalignment="baseline",
                    parse_math=False,
                    fontproperties=_properties(bold, size),
                )
            )

    def lines(
        self,
        x: float,
        y: float,
        lines: list[str],
        size: float = 7.5,
        leading: float = 9.5,
        bold: bool = False,
        colour: str = INK,
        anchor: Anchor = "left",
    ) -> None:
        """Write several lines; ``y`` is the middle of the block."""
        first = y - leading * (len(lines) - 1) / 2 + size * 0.36
        for position, line in enumerate(lines):
            self.text(x, first + position * leading, line, size, bold, colour, anchor)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str = RULE,
        width: float = 0.5,
        dashes: tuple[float, ...] = (),
    ) -> None:
        """Draw a straight line."""
        self.path([start, end], colour, width, dashes)

    def path(
        self,
        points: list[tuple[float, float]],
        colour: str = INK,
        width: float = 1.0,
        dashes: tuple[float, ...] = (),
    ) -> None:
        """Draw a line through points."""
        from matplotlib.lines import Line2D

        line = Line2D(
            [x for x, _ in points],
            [y for _, y in points],
            color=colour,
            linewidth=width,
            solid_capstyle="butt",
        )
        if dashes:
            line.set_linestyle((0, tuple(dash / width for dash in dashes)))
        self._add(line)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str | None = None,
        edge: str | None = None,
        edge_width: float = 0.6,
    ) -> None:
        """Draw a rectangle from its top left corner."""
        from matplotlib.patches import Rectangle

        self._add(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=fill or "none",
                edgecolor=edge or "none",
                linewidth=edge_width if edge else 0,
            )
        )

    def hatch(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str = SOFT,
        spacing: float = 4.0,
        line_width: float = 0.4,
    ) -> None:
        """Fill a rectangle with rising lines, each cut off at its edges."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        corners = [
            end for segment in hatch_segments(x, y, width, height, spacing) for end in segment
        ]
        if corners:
            codes = [Path.MOVETO, Path.LINETO] * (len(corners) // 2)
            drawn = Path(corners, codes)
            self._add(PathPatch(drawn, fill=False, edgecolor=colour, linewidth=line_width))

    def marker(
        self, x: float, y: float, shape: Shape, size: float, colour: str, filled: bool = True
    ) -> None:
        """Draw a mark of a given width centred on a point; an empty one has a white middle."""
        from matplotlib.patches import Circle, Polygon

        half = size / 2
        style = {
            "facecolor": colour if filled else PAPER,
            "edgecolor": colour,
            "linewidth": 1.0,
        }
        if shape == "circle":
            self._add(Circle((x, y), half, **style))
            return
        corners = [(x + dx * half, y + dy * half) for dx, dy in _CORNERS[shape]]
        self._add(Polygon(corners, closed=True, **style))

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._points)
        # later things lie above earlier ones, whatever their kind
        artist.set_zorder(len(self.figure.get_children()))
        self.figure.add_artist(artist, clip=False)


_CORNERS: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    "triangle": ((0, -1.1), (1.05, 0.8), (-1.05, 0.8)),
    "down": ((0, 1.1), (1.05, -0.8), (-1.05, -0.8)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "bar": ((-0.35, -1.1), (0.35, -1.1), (0.35, 1.1), (-0.35, 1.1)),
}


def hatch_segments(
    x: float, y: float, width: float, height: float, spacing: float = 4.0
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the lines of a 45 degree hatch, cut at the edges of a rectangle.

    Works in any system of coordinates whose units are the same in both directions.
    """
    segments = []
    offset = spacing / 2
    while offset < width + height:
        # on this line the way along the bottom edge plus the way up the side is the offset
        start = (x + min(offset, width), y + max(0.0, offset - width))
        end = (x + max(0.0, offset - height), y + min(offset, height))
        segments.append((start, end))
        offset += spacing
    return segments


def to_svg(figure: Figure) -> bytes:
    """Return a chart as SVG whose text is text, always the same bytes for the same chart."""
    from matplotlib import rc_context

    buffer = BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "zhiyan"}):
        figure.savefig(
            buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return _without_groups(_NO_TURN.sub(b"", buffer.getvalue()))


def _without_groups(svg: bytes) -> bytes:
    """Take away the group around each element, if none of them says anything but its name."""
    if svg.count(b"<g ") + svg.count(b"<g>") != len(_GROUP.findall(svg)):
        return svg
    return _GROUP_END.sub(b"", _GROUP.sub(b"", svg))


def to_png(figure: Figure, dpi: int = 200) -> bytes:
    """Return a chart as a PNG picture on white."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor=PAPER, metadata={"Software": None})
    return buffer.getvalue()


def text_width(words: str, size: float = 7.5, bold: bool = False) -> float:
    """Return the width of a line of text in points."""
    return sum(_advance(character, bold) for character in words) * size


def wrap(
    words: str, width: float, size: float = 7.5, most: int = 3, bold: bool = False
) -> list[str]:
    """Break a label into at most ``most`` lines; what does not fit is cut with an ellipsis."""
    lines = break_lines(words, width, lambda text: text_width(text, size, bold))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and text_width(last + "…", size, bold) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip(" ,，、。") + "…"]


@cache
def _advance(character: str, bold: bool) -> float:
    """Width of one character as a share of the size of the type."""
    from matplotlib.ft2font import LoadFlags

    glyph = _face(bold).load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / 100


@cache
def _face(bold: bool) -> FT2Font:
    from matplotlib.font_manager import get_font

    face = get_font(_font_file(bold))
    face.set_size(100, 72)
    return face


@cache
def _font_file(bold: bool) -> str:
    from matplotlib.font_manager import fontManager

    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    file = str(resources.files("analysis.reports").joinpath("fonts", name))
    fontManager.addfont(file)
    return file


@cache
def _properties(bold: bool, size: float) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(
        family=["Noto Sans SC", *_OTHER_FAMILIES],
        weight="bold" if bold else "normal",
        size=size,
        fname=_font_file(bold),
    )
