"""The demonstration: the core questionnaire answered by people who do not exist."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from surveys.model import Instrument, ItemKind
from surveys.study import Fieldwork, Study
from surveys.words import Text

if TYPE_CHECKING:
    import pandas as pd

    from analysis.findings import Findings
    from analysis.simulate import SimulatedSurvey
    from surveys.entry import Entry

DEMO_PASSPHRASE = "zhiyan-demo"  # noqa: S105
FILES = ("demo.zhiyan", "report.pdf", "questionnaire.pdf")
INSTRUMENT = "cmra_core"
MONTHS = ("2026-01", "2026-01")


def make_demo(
    folder: Path,
    passphrase: str,
    *,
    language: Literal["zh", "en"] = "zh",
    n: int = 3400,
    seed: int | None = None,
    tick: Callable[[float], None] | None = None,
) -> Findings:
    """Make the demonstration project, its report and its questionnaire.

    Parameters
    ----------
    folder
        Where the three files of :data:`FILES` go; made if needed.
    passphrase
        Of the project.
    language
        Of the two printed files.
    n
        Number of made-up people.
    seed
        Of the made-up answers; the model's own where ``None``.
    tick
        Told how far the work is, 0 to 1.

    Returns
    -------
    Findings
        What the report prints; also saved in the project.
    """
    from analysis.job import analyse_project
    from analysis.reports.findings_report import write_report
    from analysis.reports.paper_form import write_paper
    from analysis.simulate import load_model, simulate_survey
    from surveys import bank
    from surveys.project import ImportSource, Project

    tell = tick or (lambda _share: None)
    folder.mkdir(parents=True, exist_ok=True)
    instrument = bank.load(INSTRUMENT)
    survey = simulate_survey(
        item_table(instrument), load_model(), n, seed, lambda share: tell(0.05 * share)
    )
    study = _study(survey)
    with Project.create(folder / FILES[0], passphrase, study, instrument) as project:
        source = ImportSource(
            file="model.yaml",
            format="simulated",
            sha256=hashlib.sha256(f"{n} {seed}".encode()).hexdigest(),
            counts={"rows": n},
        )
        project.add_entries(entries_of(survey, instrument), source=source)
        tell(0.15)
        findings = analyse_project(project, tick=lambda share: tell(0.15 + 0.5 * share))
    write_report(findings, instrument, study, folder / FILES[1], language)
    tell(0.9)
    write_paper(instrument, folder / FILES[2], language, synthetic=True)
    tell(1.0)
    return findings


def item_table(instrument: Instrument) -> pd.DataFrame:
    """Return what the simulation needs to know of each item, in order of presentation."""
    import pandas as pd

    items = instrument.presented()
    return pd.DataFrame(
        {
            "construct": [item.construct for item in items],
            "reverse": [item.reverse for item in items],
            "frequency": [item.scale is not None and item.scale.id == "freq5" for item in items],
        },
        index=[item.id for item in items],
    )


def entries_of(survey: SimulatedSurvey, instrument: Instrument) -> Iterator[Entry]:
    """Turn simulated answers into entries; serial numbers count the forms."""
    from surveys.answers import Missing
    from surveys.entry import EntryBuilder

    builder = EntryBuilder(instrument)
    whole = {
        item.id
        for item in instrument.items
        if item.kind not in {ItemKind.TEXT, ItemKind.CODE, ItemKind.NUMBER}
    }
    columns = []
    for name in survey.values.columns:
        gaps = [Missing(int(kind)) for kind in survey.gaps[name]]
        convert = int if name in whole else _itself
        columns.append(
            [kind or convert(value) for value, kind in zip(survey.values[name], gaps, strict=True)]
        )
    names = list(survey.values.columns)
    for place, (row, seconds) in enumerate(
        zip(zip(*columns, strict=True), survey.seconds, strict=True)
    ):
        yield builder.build(
            dict(zip(names, row, strict=True)),
            serial=f"{place + 1:05d}",
            batch="synthetic",
            seconds=float(seconds),
        )


def _itself(value: object) -> object:
    return value


def _study(survey: SimulatedSurvey) -> Study:
    """Describe the made-up fieldwork: six forms handed out for every five returned."""
    returned = survey.values["D_COUNTY"].dropna().value_counts().sort_index()
    return Study(
        title=Text(
            {
                "zh": "干部士气与避险倾向调查（合成数据演示）",
                "en": "Cadre Morale and Risk-Aversion Survey (synthetic demonstration)",
            }
        ),
        population=Text(
            {
                "zh": "虚构的12个县（市、区）40个乡镇（街道）的干部，并不存在",
                "en": "Made-up cadres of 12 counties and 40 townships that do not exist",
            }
        ),
        sponsor=Text({"zh": "无（演示）", "en": "nobody (demonstration)"}),
        who_sees=Text(
            {
                "zh": "仅研究小组；结果只以汇总形式公布",
                "en": "the research team only; results are published for groups",
            }
        ),
        fieldwork=tuple(
            Fieldwork(str(place), int(count) + int(count) // 5, int(count))
            for place, count in returned.items()
        ),
        months=MONTHS,
        synthetic=True,
    )
