"""What the window reads from a project in one go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.findings import Findings
    from surveys.model import Instrument
    from surveys.problems import Problem
    from surveys.project import Project
    from surveys.study import Study


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


def _saved(project: Project, key: str) -> Findings | None:
    """Return the findings of a key, or else those the window computed last."""
    import msgspec

    from analysis.findings import Findings

    saved = project.findings(key)
    if saved is not None:
        return Findings.decode(saved)
    earlier = project.latest_findings()
    try:
        return None if earlier is None else Findings.decode(earlier)
    except msgspec.ValidationError:  # of another version of the program; they are computed anew
        return None


def read_state(project: Project) -> State:
    """Read what the window shows of a project, answers apart."""
    from analysis.job import make_job
    from surveys.checks import check

    instrument = project.instrument
    problems: tuple[Problem, ...] = ()
    key, findings = "", None
    if instrument is not None:
        problems = tuple(check(instrument))
        key = make_job(project).key
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
