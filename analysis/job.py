"""An analysis of a project: which plan is in force, whether its findings are there already, running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from analysis.errors import AnalysisError
from analysis.findings import Findings
from analysis.plan import Plan, default_plan, findings_key, run_plan
from surveys.model import Instrument
from surveys.study import Study

if TYPE_CHECKING:
    from surveys.answers import Answers
    from surveys.project import Project


@dataclass(frozen=True, slots=True)
class Job:
    """All that an analysis needs beside the answers; it can run where the project is not.

    Attributes
    ----------
    plan
        The plan in force.
    instrument, study
        What was asked, and of whom.
    key
        Under which the findings are kept.
    last_change
        ISO date of the last change of data, study or questionnaire.
    """

    plan: Plan
    instrument: Instrument
    study: Study
    key: str
    last_change: str

    def run(self, answers: Answers, tick: Callable[[float], None] | None = None) -> Findings:
        """Compute the findings; see :func:`analysis.plan.run_plan`."""
        return run_plan(
            self.plan,
            answers,
            self.instrument,
            study=self.study,
            key=self.key,
            last_change=self.last_change,
            tick=tick,
        )


def make_job(project: Project, plan: Plan | None = None) -> Job:
    """Read from a project what an analysis of it needs.

    Parameters
    ----------
    project
        An open project with a questionnaire.
    plan
        What to compute; the saved plan or the default where ``None``. What the study says of the
        sampling and of the smallest group shown comes before what a saved plan says of them.

    Raises
    ------
    AnalysisError
        If there is no questionnaire yet, or the given plan says something else of the sampling
        than the study does.
    """
    instrument, study = project_instrument(project), project.study
    if plan is None:
        saved = saved_plan(project)
        plan = msgspec.structs.replace(
            saved,
            clusters=study.design.psu or saved.clusters,
            strata=study.design.strata or saved.strata,
        )
    for given, said in ((plan.clusters, study.design.psu), (plan.strata, study.design.strata)):
        if said is not None and given != said:
            raise AnalysisError(
                "The plan says people were sampled by “{given}”, the study says by “{said}”; change "
                "one of them.",
                given=given or "-",
                said=said,
            )
    plan = msgspec.structs.replace(plan, threshold=max(plan.threshold, study.effective_threshold()))
    key = findings_key(plan, project.data_hash(), instrument, study)
    return Job(plan, instrument, study, key, project.last_changed().date().isoformat())


def analyse_project(
    project: Project, plan: Plan | None = None, tick: Callable[[float], None] | None = None
) -> Findings:
    """Return the findings of a project: the saved ones if nothing changed, or else new ones.

    Parameters
    ----------
    project
        An open project with a questionnaire and answers.
    plan
        As for :func:`make_job`.
    tick
        Told how far the work is, 0 to 1; may raise to stop it, and no findings are saved then.

    Returns
    -------
    Findings
        Also saved in the project, together with the plan.
    """
    job = make_job(project, plan)
    saved = project.findings(job.key)
    if saved is not None:
        if tick:
            tick(1.0)
        return Findings.decode(saved)
    findings = job.run(project.answers(), tick)
    if not project.read_only:
        save_findings(project, job, findings)
    return findings


def save_findings(project: Project, job: Job, findings: Findings) -> None:
    """Keep findings and the plan they came from in the project."""
    encoded = job.plan.encode()
    if project.plan("standard") != encoded:
        project.save_plan("standard", encoded)
    project.save_findings(findings.key, findings.encode())


def saved_plan(project: Project) -> Plan:
    """Return the plan saved in a project, or the default for its questionnaire."""
    saved = project.plan("standard")
    if saved is not None:
        return Plan.decode(saved)
    return default_plan(project_instrument(project), project.study)


def project_instrument(project: Project) -> Instrument:
    """Return the project's questionnaire; raises AnalysisError where there is none yet."""
    if project.instrument is None:
        raise AnalysisError(
            "The project has no questionnaire yet; import answers, or choose a questionnaire first."
        )
    return project.instrument
