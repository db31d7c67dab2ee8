"""An import writes everything or nothing, once, and says what it did."""

from pathlib import Path

import pandas as pd
import pytest

from surveys.answers import Missing
from surveys.bank import load
from surveys.entry import Keying, Status
from surveys.importing.column_mapping import ColumnMapping
from surveys.importing.plan import plan_import
from surveys.importing.run import run_import
from surveys.problems import SurveyError
from surveys.project import Project
from surveys.study import Study
from surveys.words import Text

FIXTURES = Path(__file__).parent / "fixtures"
SYNTHETIC = FIXTURES / "synthetic_cadre_200.csv"
BFI = Path(__file__).parents[1] / "analysis" / "reference" / "data_bfi.csv"
STUDY = Study(title=Text({"zh": "试验"}))


@pytest.fixture
def core(tmp_path):
    """An empty project with the core questionnaire."""
    with Project.create(tmp_path / "核心.zhiyan", "secret", STUDY, load("cmra_core")) as project:
        yield project


@pytest.fixture
def bare(tmp_path):
    """A project that has no questionnaire."""
    with Project.create(tmp_path / "空.zhiyan", "secret", STUDY) as project:
        yield project


def state(project: Project) -> tuple:
    """Everything an import might change."""
    return (
        project.n_entries,
        project.data_hash() if project.instrument else "",
        project.instrument,
        project.study,
        project.imports(),
        sum(1 for _ in project.audit()),
    )


def test_synthetic_survey_into_the_core_questionnaire(core):
    """Every answer arrives with its kind of missing, the number of the form and the time taken."""
    plan = plan_import(SYNTHETIC, core.instrument)
    assert not plan.problems
    report = run_import(core, plan)
    assert (report.n_entries, report.new_instrument, report.synthetic) == (200, False, True)
    assert core.study.synthetic
    answers = core.answers()
    raw = pd.read_csv(SYNTHETIC, dtype=str, keep_default_na=False)
    assert answers.about["serial"].tolist() == raw["resp_id"].tolist()
    assert answers.about["seconds"].tolist() == raw["duration_s"].astype(float).tolist()
    kinds = {"": 1, "-98": 3, "-99": 4, "-97": 2}
    for item in core.instrument.presented():
        expected = [kinds.get(cell, 0) for cell in raw[item.id]]
        assert answers.missing[item.id].tolist() == expected, item.id
        valid = [i for i, kind in enumerate(expected) if kind == 0]
        stored = [answers.values[item.id].iloc[i] for i in valid]
        cells = [raw[item.id].iloc[i] for i in valid]
        assert [str(v) if isinstance(v, str) else float(v) for v in stored] == [
            cell if isinstance(v, str) else float(cell)
            for v, cell in zip(stored, cells, strict=True)
        ]


def test_broken_off_forms_are_partial(core):
    """A form with items not reached is marked as broken off."""
    run_import(core, plan_import(SYNTHETIC, core.instrument))
    partial = [e for e in core.entries(Keying.FINAL) if e.status is Status.PARTIAL]
    raw = pd.read_csv(SYNTHETIC, dtype=str, keep_default_na=False)
    assert len(partial) == int((raw == "-99").any(axis=1).sum()) > 0


def test_bare_file_into_a_bare_project(bare):
    """The guessed questionnaire and the entries are saved together; empty cells are skipped."""
    plan = plan_import(BFI)
    report = run_import(bare, plan)
    assert (report.n_entries, report.new_instrument, report.synthetic) == (2800, True, False)
    assert bare.instrument.inferred
    answers = bare.answers()
    raw = pd.read_csv(BFI)
    assert answers.values["A1"].astype("Float64").sum() == raw["A1"].sum()
    assert (answers.missing["A1"] == Missing.SKIPPED).sum() == raw["A1"].isna().sum()
    assert answers.values["age"].tolist() == raw["age"].astype(float).tolist()
    assert bare.imports()[0].sha256 == plan.table.source.sha256


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("RISK1,RISK2,extra\n1,2,some words\n", "unknown-column"),
        ("RISK1,RISK2\n1,7\n", "bad-cell"),
        ("resp_id,RISK1\na1,1\na1,2\n", "duplicate-serial"),
        ("RISK1,data_status\n1,SYNTHETIC\n2,REAL\n", "mixed-status"),
    ],
)
def test_refused_files_leave_the_project_as_it_was(core, tmp_path, content, code):
    """One error anywhere and nothing at all is written; the errors are listed."""
    file = tmp_path / "data.csv"
    file.write_text(content, encoding="utf-8")
    before = state(core)
    with pytest.raises(SurveyError, match="Nothing was changed") as caught:
        run_import(core, plan_import(file, core.instrument))
    assert [problem.code for problem in caught.value.problems] == [code]
    assert state(core) == before


def test_failure_while_writing_leaves_the_project_as_it_was(bare):
    """Stopped in the middle, not even the guessed questionnaire stays behind."""
    before = state(bare)

    class StoppedError(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0:
            raise StoppedError

    with pytest.raises(StoppedError):
        run_import(bare, plan_import(BFI), tick=stop)
    assert state(bare) == before
    assert run_import(bare, plan_import(BFI)).n_entries == 2800


def test_the_same_file_twice_is_refused_unless_asked_for(core, tmp_path):
    """Also under another name; on purpose it is possible."""
    run_import(core, plan_import(SYNTHETIC, core.instrument))
    before = state(core)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(SYNTHETIC.read_bytes())
    with pytest.raises(SurveyError, match="imported before"):
        run_import(core, plan_import(copy, core.instrument))
    assert state(core) == before
    assert run_import(core, plan_import(copy, core.instrument), again=True).n_entries == 200


def test_numbers_of_forms_already_there_are_refused(core, tmp_path):
    """A second export that holds the first again would count people twice."""
    lines = SYNTHETIC.read_bytes().split(b"\r\n")
    for name, part in (("first.csv", lines[:51]), ("second.csv", [lines[0], *lines[41:91]])):
        (tmp_path / name).write_bytes(b"\r\n".join(part) + b"\r\n")
    run_import(core, plan_import(tmp_path / "first.csv", core.instrument))
    with pytest.raises(SurveyError) as caught:
        run_import(core, plan_import(tmp_path / "second.csv", core.instrument))
    assert caught.value.values["n"] == 10
    assert core.n_entries == 50


def test_bad_cells_can_be_kept_as_written(core, tmp_path):
    """On request they are stored as out of range with their text, and listed as warnings."""
    file = tmp_path / "data.csv"
    file.write_text("resp_id,RISK1,D_COUNTY\na1,7,C01\na2,3,x9\n", encoding="utf-8")
    plan = plan_import(file, core.instrument, on_bad_cells="keep")
    assert not plan.errors
    report = run_import(core, plan)
    assert [p.code for p in report.problems].count("bad-cell") == 2
    entries = list(core.entries())
    assert [entry.written for entry in entries] == [{"RISK1": "7"}, {"D_COUNTY": "x9"}]
    assert (core.answers().missing == Missing.OUT_OF_RANGE).sum().sum() == 2


def test_a_plan_for_another_questionnaire_is_refused(core, tmp_path):
    """The questionnaire may have changed between planning and importing."""
    file = tmp_path / "data.csv"
    file.write_text("PU1,PU2\n1,2\n", encoding="utf-8")
    other = load("cmra_pulse")
    file.write_text(f"{other.items[0].id}\n1\n", encoding="utf-8")
    with pytest.raises(SurveyError, match="Plan the import again"):
        run_import(core, plan_import(file, other))
    assert core.n_entries == 0


def test_mapping_brings_a_foreign_file_into_the_questionnaire(core, tmp_path):
    """Renamed columns, a column left out, and 99 as missing."""
    file = tmp_path / "导出 数据.csv"
    file.write_bytes("问卷号,避险一,性别,备注\n甲1,5,男,无\n甲2,99,2,无\n".encode("gb18030"))
    mapping = ColumnMapping(
        columns={"问卷号": "@serial", "避险一": "RISK1", "性别": "D_SEX", "备注": "-"},
        missing={"避险一": (99,)},
    )
    plan = plan_import(file, core.instrument, mapping=mapping)
    assert plan.labels == {"D_SEX": {"男": 1}}
    run_import(core, plan)
    answers = core.answers()
    assert answers.values["RISK1"].tolist() == [5, pd.NA]
    assert answers.values["D_SEX"].tolist() == [1, 2]
    assert answers.about["serial"].tolist() == ["甲1", "甲2"]


def test_problems_and_errors_hold_no_answers_of_open_items(core, tmp_path):
    """Whatever is refused, words written by a person appear in no sentence."""
    secret = "我在某局工作电话一三八"
    file = tmp_path / "data.csv"
    file.write_text(f"RISK1,OPEN1,extra\n9,{secret},{secret}\n", encoding="utf-8")
    with pytest.raises(SurveyError) as caught:
        run_import(core, plan_import(file, core.instrument))
    sentences = [str(caught.value), *map(str, caught.value.problems)]
    sentences += [str(part) for p in caught.value.problems for part in (p.where, p.what, p.remedy)]
    assert len(caught.value.problems) == 2
    assert not any(secret in sentence for sentence in sentences)


def test_progress_is_told(bare):
    """Long imports report their share of the work."""
    shares: list[float] = []
    run_import(bare, plan_import(BFI), tick=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
