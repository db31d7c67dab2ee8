"""A plan run on answers: the same answers give the same findings, protected and with provenance."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.findings import Findings, Hidden, Interval, Kind
from analysis.job import analyse_project, saved_plan
from analysis.plan import CHAPTERS, Plan, default_plan, findings_key, run_plan
from surveys import bank
from surveys.answers import Answers
from surveys.model import Instrument, Item, ItemKind, Option, ResponseScale, Section
from surveys.project import Project
from surveys.study import Study
from surveys.words import Text, Words


@pytest.fixture(scope="module")
def plan(core, core_study) -> Plan:
    """The default plan, with little resampling."""
    return msgspec.structs.replace(default_plan(core, core_study), parallel_sets=10, n_boot=100)


@pytest.fixture(scope="module")
def findings(plan, core_answers, core, core_study) -> Findings:
    return run_plan(plan, core_answers, core, study=core_study)


def test_the_default_plan_follows_roles_and_codes(core, core_study):
    """A newcomer's plan asks what the questionnaire was made to ask."""
    plan = default_plan(core, core_study)
    assert plan.outcome == "RISK"
    assert plan.mediator == "PSAF"
    assert len(plan.drivers) == 12
    assert plan.clusters == "D_COUNTY"


def test_all_chapters_are_made(findings):
    assert tuple(chapter.id for chapter in findings.chapters) == CHAPTERS
    assert all(chapter.omitted is None and chapter.tables for chapter in findings.chapters)


def test_row_order_and_ids_change_nothing(plan, core_answers, core, core_study, findings):
    """Somebody who merges laptops in another order gets the same report."""
    shuffled = np.random.default_rng(5).permutation(len(core_answers))
    names = [f"{i:06d}" for i in range(len(shuffled))]

    def turned(frame):
        return frame.iloc[shuffled].set_axis(names, axis=0)

    other = Answers(
        turned(core_answers.values), turned(core_answers.missing), turned(core_answers.about)
    )
    again = run_plan(plan, other, core, study=core_study)
    assert again.encode() == findings.encode()


def test_a_script_needs_no_study(plan, core_answers, core):
    """From a notebook, plan, answers and questionnaire are enough."""
    short = msgspec.structs.replace(plan, chapters=("design", "scales"))
    findings = run_plan(short, core_answers, core)
    assert findings.n_received == len(core_answers)
    assert not findings.synthetic


def test_findings_survive_being_saved(findings):
    assert Findings.decode(findings.encode()) == findings


def test_every_sentence_can_be_said_in_both_languages(findings):
    """A sentence whose fields do not match its translation would stop the report."""
    for language in ("zh", "en"):
        words = Words(language)
        for chapter in findings.chapters:
            for sentence in (chapter.title, *chapter.sentences, *chapter.cautions):
                assert "{" not in words.say(sentence)
            for table in chapter.tables:
                for column in table.columns:
                    assert words.say(column.label)


def test_every_table_of_numbers_says_where_it_comes_from(findings):
    """Estimates without n cannot be judged."""
    for chapter in findings.chapters:
        for table in chapter.tables:
            kinds = {column.kind for column in table.columns}
            if kinds & {Kind.ESTIMATE, Kind.INDEX, Kind.SHARE}:
                assert table.provenance.n, table.id


def test_rows_fit_their_columns(findings):
    for chapter in findings.chapters:
        for table in chapter.tables:
            assert {len(row) for row in table.rows} <= {len(table.columns)}, table.id


def test_no_count_of_people_under_the_threshold_is_shown(plan, core_answers, core, core_study):
    """Rule P1, with a threshold high enough to bite."""
    strict = msgspec.structs.replace(plan, threshold=60, chapters=("respondents", "quality"))
    findings = run_plan(strict, core_answers, core, study=core_study)
    assert findings.n_hidden > 0
    for chapter in findings.chapters:
        for table in chapter.tables:
            for column in table.columns:
                if column.kind is Kind.COUNT:
                    for cell in table.column(column.id):
                        assert isinstance(cell, Hidden) or cell == 0 or cell >= 60, table.id


def test_a_hidden_group_cannot_be_subtracted_from_the_total(plan, core_answers, core, core_study):
    """Rule P2: one hidden cell beside a known total would be no secret."""
    strict = msgspec.structs.replace(plan, threshold=60, chapters=("respondents",))
    findings = run_plan(strict, core_answers, core, study=core_study)
    for table in findings.chapter("respondents").tables:
        hidden = sum(isinstance(cell, Hidden) for cell in table.column("n"))
        assert hidden != 1, table.id


def test_townships_are_never_shown(findings):
    """Rule P6: not a code of a township anywhere in the findings."""
    text = findings.encode().decode()
    assert "T07" not in text
    assert "respondents.D_TOWN" not in text


def test_open_answers_are_never_shown(findings, core_answers):
    """Rule P13."""
    text = findings.encode().decode()
    given = core_answers.values["OPEN1"].dropna().unique()
    assert len(given) > 5
    assert not any(answer in text for answer in given)


def test_screening_catches_the_careless(plan, core_answers, core, core_study, simulated):
    """Most of those set aside were careless, and few careless people are kept."""
    from analysis.templates import Workings

    workings = Workings(plan, core, core_study, core_answers)
    flagged = workings.screening.flagged.to_numpy()
    truth = simulated.careless.to_numpy()
    assert truth[flagged].mean() > 0.8
    # Two signs of different kinds must meet: a third of the careless look like people.
    assert flagged[truth].mean() > 0.55


def test_drivers_of_the_truth_come_first(findings):
    """The strongest true total effects are ACCT and CRED; both must be clear and on their side."""
    table = findings.chapter("drivers").table("drivers.coefficients")
    words = Words("en")
    rows = {
        words.say(label): (estimate, ci)
        for label, estimate, ci in zip(
            table.column("predictor"), table.column("estimate"), table.column("ci"), strict=True
        )
    }
    estimate, ci = next(v for k, v in rows.items() if k.startswith("Accountability"))
    assert isinstance(ci, Interval)
    assert ci.low > 0
    estimate, ci = next(v for k, v in rows.items() if k.startswith("Credibility"))
    assert ci.high < 0
    assert estimate < 0


def test_importance_adds_up_to_the_whole(findings):
    """LMG divides R squared without rest."""
    shares = findings.chapter("drivers").table("drivers.importance").column("share")
    assert sum(shares) == pytest.approx(1.0, abs=1e-9)


def test_few_entries_are_refused(plan, core_answers, core, core_study):
    few = Answers(
        core_answers.values.head(9), core_answers.missing.head(9), core_answers.about.head(9)
    )
    with pytest.raises(AnalysisError, match="nothing is shown"):
        run_plan(plan, few, core, study=core_study)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"chapters": ("fortune",)}, "does not exist"),
        ({"threshold": 4}, "never shown"),
        ({"outcome": "NOPE"}, "no scale"),
        ({"drivers": ("RAT1",)}, "no scale"),
        ({"clusters": "RISK1"}, "no choice or code"),
        ({"percentile": 20.0}, "percentile"),
        ({"n_boot": 7}, "n_boot"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(plan, core_answers, core, core_study, change, says):
    wrong = msgspec.structs.replace(plan, **change)
    with pytest.raises(AnalysisError, match=says):
        run_plan(wrong, core_answers, core, study=core_study)


def test_a_plan_with_an_unknown_field_is_refused():
    """A misspelt option must not be ignored."""
    with pytest.raises(AnalysisError, match="cannot be read"):
        Plan.decode(b'{"treshold": 20}')


def test_a_plan_survives_being_written(plan):
    assert Plan.decode(plan.encode()) == plan


def test_the_key_changes_with_everything_that_matters(plan, core, core_study):
    base = findings_key(plan, "data", core, core_study)
    assert base == findings_key(plan, "data", core, core_study)
    changed = {
        findings_key(plan, "other", core, core_study),
        findings_key(msgspec.structs.replace(plan, seed=1), "data", core, core_study),
        findings_key(plan, "data", msgspec.structs.replace(core, version="2"), core_study),
        findings_key(plan, "data", core, msgspec.structs.replace(core_study, threshold=20)),
    }
    assert base not in changed
    assert len(changed) == 4


def _plain_instrument() -> Instrument:
    """Six Likert items without constructs, and one choice."""
    scale = ResponseScale("s", 1, 5)
    items = tuple(
        Item(id=f"Q{i}", kind=ItemKind.LIKERT, text=Text({}), scale=scale) for i in range(1, 7)
    )
    choice = Item(
        id="SEX",
        kind=ItemKind.SINGLE,
        text=Text({"en": "Sex"}),
        options=(Option(1, Text({"en": "a"})), Option(2, Text({"en": "b"}))),
    )
    ids = tuple(item.id for item in (*items, choice))
    return Instrument(
        id="plain",
        version="1",
        title=Text({"en": "Plain"}),
        items=(*items, choice),
        sections=(Section("S", Text({"en": "S"}), ids),),
        inferred=True,
    )


def _plain_project(path, n=200) -> Project:
    from surveys.entry import EntryBuilder

    instrument = _plain_instrument()
    rng = np.random.default_rng(1)
    common = rng.normal(size=n)
    builder = EntryBuilder(instrument)
    entries = []
    for person in range(n):
        latent = common[person] + rng.normal(size=6)
        latent[5] = -latent[5]
        answers = {f"Q{i + 1}": int(np.clip(np.round(3 + v), 1, 5)) for i, v in enumerate(latent)}
        entries.append(builder.build({**answers, "SEX": int(1 + person % 2)}))
    project = Project.create(path, "p", Study(title=Text({"en": "Plain"})), instrument)
    project.add_entries(entries)
    return project


def test_without_constructs_factors_stand_in_and_drivers_say_why_not(tmp_path):
    """An instrument inferred from a file still gives a whole report."""
    with _plain_project(tmp_path / "plain.zhiyan") as project:
        findings = analyse_project(project)
        by_id = {chapter.id: chapter for chapter in findings.chapters}
        assert by_id["drivers"].omitted is not None
        assert by_id["scales"].omitted is not None
        reversed_marks = dict(
            zip(
                by_id["reliability"].table("reliability.items").column("item"),
                by_id["reliability"].table("reliability.items").column("reversed"),
                strict=True,
            )
        )
        assert reversed_marks == {f"Q{i}": i == 6 for i in range(1, 7)}
        assert by_id["reliability"].cautions


def test_nobody_answered(tmp_path):
    """Forms without a single answer give a report that says so, and claims nothing good."""
    from surveys.entry import EntryBuilder

    core = bank.load("cmra_pulse")
    builder = EntryBuilder(core)
    with Project.create(tmp_path / "p.zhiyan", "p", Study(title=core.title), core) as project:
        project.add_entries([builder.build({}) for _ in range(30)])
        findings = analyse_project(project)
    said = [str(s) for chapter in findings.chapters for s in chapter.sentences]
    assert not any("meet the usable standard" in sentence for sentence in said)
    assert findings.chapter("factors").omitted is not None


def test_findings_are_computed_once_and_again_after_a_change(tmp_path):
    """Saved findings are used while nothing changed, and never after a change."""
    with _plain_project(tmp_path / "plain.zhiyan") as project:
        first = analyse_project(project)
        ticks = []
        assert analyse_project(project, tick=ticks.append) == first
        assert ticks == [1.0]
        other = msgspec.structs.replace(saved_plan(project), percentile=99.0)
        assert analyse_project(project, other).key != first.key
        assert saved_plan(project) == other


def test_stopping_half_way_saves_nothing(tmp_path):
    """A cancelled run leaves no findings behind."""

    class StopError(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0.3:
            raise StopError

    with _plain_project(tmp_path / "plain.zhiyan") as project:
        with pytest.raises(StopError):
            analyse_project(project, tick=stop)
        plan = saved_plan(project)
        key = findings_key(plan, project.data_hash(), project.instrument, project.study)
        assert project.findings(key) is None


def test_answers_object_is_frozen(core_answers):
    """Nobody changes the answers under a running analysis."""
    with pytest.raises(AttributeError):
        core_answers.values = None
    assert replace(core_answers).values is core_answers.values
