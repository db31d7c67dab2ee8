"""How the survey was done: whom it asked, how they were sampled, how many forms came back."""

from __future__ import annotations

from analysis.findings import Cell, Chapter, Kind, Provenance, Table
from analysis.templates.cells import column, protected, share
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.privacy import round_n
from surveys.words import Message, message


def make_design(workings: Workings, tick: Tick) -> Chapter:
    """Describe the survey from the study, the instrument and the number of entries."""
    instrument, study = workings.instrument, workings.study
    n = len(workings.answers)
    rows: list[tuple[Cell, ...]] = [
        (message("Questionnaire"), instrument.title or instrument.id),
        (message("Version"), instrument.version),
        (message("Questions asked"), message("{n}", n=len(instrument.items))),
    ]
    if study.population:
        rows.append((message("Population"), study.population))
    if study.sponsor:
        rows.append((message("Commissioned by"), study.sponsor))
    if study.who_sees:
        rows.append((message("Who sees the answers"), study.who_sees))
    rows.append((message("Sampling"), _sampling(workings)))
    if study.months:
        first, last = study.months
        when = message("{first} to {last}", first=first, last=last) if first != last else first
        rows.append((message("Fieldwork"), when))
    rows.append((message("Forms received"), message("{n:,}", n=round_n(n))))
    rows.append((message("Smallest group shown"), message("{n} people", n=workings.plan.threshold)))
    tables = [
        Table(
            id="design.facts",
            title=message("The survey in brief"),
            columns=(
                column("label", message("What"), Kind.LABEL),
                column("value", message("How"), Kind.LABEL),
            ),
            rows=tuple(rows),
        )
    ]
    if study.fieldwork:
        tables.append(_fieldwork(workings))
    tick(1.0)
    sentence = message(
        "{n:,} people answered {k} questions.", n=round_n(n), k=len(instrument.items)
    )
    return Chapter(
        id="design",
        title=CHAPTER_TITLES["design"],
        sentences=(sentence,),
        tables=tuple(tables),
        cautions=_cautions(workings),
    )


def _sampling(workings: Workings) -> Message:
    plan = workings.plan
    if plan.clusters is None:
        return message("People are taken as sampled one by one.")
    count = int(workings.answers.values[plan.clusters].nunique())
    unit = workings.instrument.item(plan.clusters).text
    if plan.strata is not None:
        return message(
            "People were sampled in {n} units ({unit}), within strata ({strata}).",
            n=count,
            unit=unit,
            strata=workings.instrument.item(plan.strata).text,
        )
    return message("People were sampled in {n} units ({unit}).", n=count, unit=unit)


def _fieldwork(workings: Workings) -> Table:
    places = workings.study.fieldwork
    returned = protected([place.returned for place in places], workings.plan.threshold)
    rows = tuple(
        (place.place, place.distributed, cell, share(cell, place.distributed))
        for place, cell in zip(places, returned, strict=True)
    )
    return Table(
        id="design.fieldwork",
        title=message("Forms handed out and returned"),
        columns=(
            column("place", message("Place"), Kind.LABEL),
            column("distributed", message("Handed out"), Kind.COUNT),
            column("returned", message("Returned"), Kind.COUNT),
            column("rate", message("Returned, %"), Kind.SHARE),
        ),
        rows=rows,
        provenance=Provenance(n=sum(place.distributed for place in places)),
    )


def _cautions(workings: Workings) -> tuple[Message, ...]:
    cautions = []
    if workings.instrument.inferred:
        cautions.append(
            message(
                "The questionnaire was inferred from the data file; wordings and response scales "
                "are those of the file."
            )
        )
    unused = [name for name in (workings.study.design.weights, workings.study.design.fpc) if name]
    if unused:
        cautions.append(
            message(
                "The study names weights or population sizes ({items}); these analyses count every "
                "person once and do not use them.",
                items=unused,
            )
        )
    if workings.instrument.origin and not workings.instrument.inferred:
        cautions.append(
            message(
                "The questions are not validated yet: cognitive pre-test and back-translation come "
                "before conclusions."
            )
        )
    return tuple(cautions)
