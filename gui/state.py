"""What the window reads from a project in one go, and what an analysis of it needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gui.tasks import Tick

if TYPE_CHECKING:
    from analysis.findings import Findings
    from analysis.plan import Plan
    from surveys.answers import Answers
    from surveys.model import Instrument
    from surveys.problems import Problem
    from surveys.project import Project
    from surveys.study import Study


LATEST = "latest"
"""Key under which the findings computed last are kept as well, to be shown as out of date."""


@dataclass(frozen=True, slots=True)
class State:
    """What the project holds, read in one go.

    Attributes
    ----------
    instrument
        ``None`` while the project waits for data to make a questionnaire from.
    n_answers
        Final entries.
    key
        Key of the findings that belong to data, plan, questionnaire and study as they are now.
    findings
        The findings computed last, if any; ``stale`` when they are not those of ``key``.
    """

    path: Path
    study: Study
    instrument: Instrument | None
    problems: tuple[Problem, ...]
    n_answers: int
    key: str
    findings: Findings | None
    read_only: bool = False

    @property
    def stale(self) -> bool:
        """Whether something changed since the findings were computed."""
        return self.findings is not None and self.findings.key != self.key


@dataclass(frozen=True, slots=True)
class Request:
    """All an analysis needs, frozen, so that it runs without the project."""

    plan: Plan
    instrument: Instrument
    study: Study
    key: str
    last_change: str

    def run(self, answers: Answers, tick: Tick) -> Findings:
        """Compute the findings."""
        from analysis.plan import run_plan

        return run_plan(
            self.plan,
            answers,
            self.instrument,
            study=self.study,
            key=self.key,
            last_change=self.last_change,
            tick=tick,
        )


def make_request(project: Project) -> Request:
    """Read from the project what an analysis of it needs, answers apart.

    What the study says of the smallest group and of the sampling comes before what an earlier plan
    says of them.
    """
    import msgspec

    from analysis.plan import findings_key, project_instrument, saved_plan

    instrument, study = project_instrument(project), project.study
    saved = saved_plan(project)
    plan = msgspec.structs.replace(
        saved,
        threshold=study.effective_threshold(),
        clusters=study.design.psu or saved.clusters,
        strata=study.design.strata or saved.strata,
    )
    return Request(
        plan,
        instrument,
        study,
        findings_key(plan, project.data_hash(), instrument, study),
        project.last_changed().date().isoformat(),
    )


def _saved(project: Project, key: str) -> Findings | None:
    """Return the findings of a key, or else those the window computed last."""
    import msgspec

    from analysis.findings import Findings

    saved = project.findings(key)
    if saved is not None:
        return Findings.decode(saved)
    earlier = project.findings(LATEST)
    try:
        return None if earlier is None else Findings.decode(earlier)
    except msgspec.ValidationError:  # of another version of the program; they are computed anew
        return None


def read_state(project: Project) -> State:
    """Read what the window shows of a project, answers apart."""
    from surveys.checks import check

    instrument = project.instrument
    problems: tuple[Problem, ...] = ()
    key, findings = "", None
    if instrument is not None:
        problems = tuple(check(instrument))
        key = make_request(project).key
        findings = _saved(project, key)
    return State(
        path=project.path,
        study=project.study,
        instrument=instrument,
        problems=problems,
        n_answers=project.n_entries,
        key=key,
        findings=findings,
        read_only=project.read_only,
    )
