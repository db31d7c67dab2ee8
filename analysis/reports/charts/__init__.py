"""Charts, one function each: plain numbers in, a matplotlib figure out.

The numbers come already rounded as they are handed out (see :mod:`analysis.reports.formatting`).
:func:`to_svg` and :func:`to_png` turn a figure into a file; the window may show the figure itself.
"""

from analysis.reports.charts.bars import Bar, BarGroup, bars_chart
from analysis.reports.charts.drivers import EffectRow, ImportanceRow, forest_chart, importance_chart
from analysis.reports.charts.factors import LoadingRow, ScreeRow, loadings_chart, scree_chart
from analysis.reports.charts.legend import FamilyMarks
from analysis.reports.charts.likert import LikertRow, likert_chart, likert_reach
from analysis.reports.charts.means import MeanRow, means_chart
from analysis.reports.charts.sheet import TEXT_WIDTH, to_png, to_svg

__all__ = [
    "TEXT_WIDTH",
    "Bar",
    "BarGroup",
    "EffectRow",
    "FamilyMarks",
    "ImportanceRow",
    "LikertRow",
    "LoadingRow",
    "MeanRow",
    "ScreeRow",
    "bars_chart",
    "forest_chart",
    "importance_chart",
    "likert_chart",
    "likert_reach",
    "loadings_chart",
    "means_chart",
    "scree_chart",
    "to_png",
    "to_svg",
]
