"""The command line: what it prints, what it leaves behind, and how it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import main
from surveys import bank
from surveys.project import Project

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "surveys" / "fixtures"
BFI = Path(__file__).parent / "reference" / "data_bfi.csv"


@pytest.fixture(autouse=True)
def _english_with_passphrase(monkeypatch):
    monkeypatch.setenv("ZHIYAN_PASSPHRASE", "secret")
    monkeypatch.setenv("ZHIYAN_LANG", "en")


@pytest.fixture(scope="module")
def bfi_project(tmp_path_factory) -> Path:
    """The bfi data, imported by the command into a project that did not exist."""
    path = tmp_path_factory.mktemp("带 空格") / "bfi.zhiyan"
    os.environ["ZHIYAN_PASSPHRASE"] = "secret"
    assert main(["import", str(path), str(BFI)]) == 0
    return path


def test_instruments_lists_the_bank(capsys):
    assert main(["instruments"]) == 0
    printed = capsys.readouterr().out
    assert all(entry.id in printed for entry in bank.list_instruments())


@pytest.mark.parametrize("name", [entry.id for entry in bank.list_instruments()])
def test_the_shipped_questionnaires_have_no_errors(name):
    assert main(["check", name]) == 0


def test_check_lists_every_problem_at_once(tmp_path, capsys):
    """Two mistakes, two lines, each with its place."""
    text = (ROOT / "surveys" / "bank" / "cmra_pulse.yaml").read_text("utf-8")
    lines = text.splitlines()
    kind = next(i for i, line in enumerate(lines) if line == "  type: likert")
    lines[kind] = "  type: likret"
    scale = next(i for i, line in enumerate(lines) if i > kind + 20 and "scale: agree5" in line)
    lines[scale] = "  scale: agree6"
    path = tmp_path / "wrong.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert main(["check", str(path)]) == 1
    printed = capsys.readouterr().err
    assert "likret" in printed
    assert "agree6" in printed
    assert str(kind + 1) in printed


def test_import_infers_the_questionnaire_of_bfi(bfi_project):
    """25 Likert items from 1 to 6, two single choices, one number: nothing lost."""
    frame = pd.read_csv(BFI)
    with Project.open(bfi_project, "secret", read_only=True) as project:
        instrument = project.instrument
        assert len(instrument.likert_items) == 25
        assert {(i.scale.minimum, i.scale.maximum) for i in instrument.likert_items} == {(1, 6)}
        assert instrument.item("gender").kind == "single_choice"
        assert instrument.item("education").kind == "single_choice"
        assert instrument.item("age").kind == "number"
        values = project.answers().values
    assert len(values) == len(frame) == 2800
    for column in frame.columns:
        pd.testing.assert_series_equal(
            values[column].astype("Float64").reset_index(drop=True),
            frame[column].astype("Float64"),
            check_names=False,
        )


def test_import_says_what_it_guessed(tmp_path, capsys):
    assert main(["import", str(tmp_path / "b.zhiyan"), str(BFI), "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "25 items" in printed
    assert "gender" in printed
    assert not (tmp_path / "b.zhiyan").exists()


def test_analyse_writes_every_table_with_its_provenance(bfi_project, tmp_path, capsys):
    """Alpha and KMO are there at full precision; drivers are omitted with the reason."""
    out = tmp_path / "all.json"
    assert main(["analyse", str(bfi_project), "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "Left out" in printed
    findings = json.loads(out.read_text("utf-8"))
    chapters = {chapter["id"]: chapter for chapter in findings["chapters"]}
    assert chapters["drivers"]["omitted"]["text"]
    tables = {t["id"]: t for c in findings["chapters"] for t in c["tables"]}
    assert tables["factors.adequacy"]["provenance"]["n"] > 2000
    assert len(tables["factors.loadings"]["rows"]) == 25


def test_a_synthetic_file_marks_the_project(tmp_path):
    """BOM, missing codes and open answers of the core questionnaire arrive as what they are."""
    path = tmp_path / "core.zhiyan"
    assert main(["new", str(path), "--instrument", "cmra_core"]) == 0
    assert main(["import", str(path), str(FIXTURES / "synthetic_cadre_200.csv")]) == 0
    raw = pd.read_csv(
        FIXTURES / "synthetic_cadre_200.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    with Project.open(path, "secret", read_only=True) as project:
        assert project.study.synthetic
        answers = project.answers()
    assert len(answers) == len(raw)
    for code, kind in (("-97", 2), ("-98", 3), ("-99", 4)):
        items = [name for name in answers.values.columns if name in raw.columns]
        expected = int((raw[items] == code).to_numpy().sum())
        assert int((answers.missing[items] == kind).to_numpy().sum()) == expected
    assert answers.values["OPEN1"].notna().sum() == (raw["OPEN1"] != "").sum()


def _csv(folder: Path, text: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def _ids() -> str:
    return ",".join(item.id for item in bank.load("cmra_pulse").presented())


def _row(first: str = "3") -> str:
    items = bank.load("cmra_pulse").presented()
    return ",".join([first, *[""] * (len(items) - 1)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "empty"),
        (_ids() + "\n", "no"),
        (_ids() + "\n" + _row() + "\n1,2\n", "3"),
        (_ids() + ",SHOE\n" + _row() + ",44\n", "SHOE"),
        (_ids() + "\n" + _row("9") + "\n", "9"),
        ("resp_id," + _ids() + "\nk7," + _row() + "\nk7," + _row() + "\n", "same number"),
        (b"PK\x03\x04" + bytes(range(256)) * 8, "data.csv"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 8, "data.csv"),
    ],
    ids=["empty", "header only", "ragged", "no item", "range", "duplicate", "zip", "pdf"],
)
def test_bad_data_is_refused_and_leaves_the_project_as_it_was(tmp_path, capsys, text, says):
    """Exit 1, a sentence naming the trouble, and not one entry more than before."""
    project_file = tmp_path / "p.zhiyan"
    assert main(["new", str(project_file), "--instrument", "cmra_pulse"]) == 0
    assert main(["import", str(project_file), str(_csv(tmp_path, _ids() + "\n" + _row()))]) == 0
    with Project.open(project_file, "secret", read_only=True) as project:
        before = (project.n_entries, project.data_hash(), len(list(project.audit())))
    capsys.readouterr()
    assert main(["import", str(project_file), str(_csv(tmp_path, text))]) == 1
    assert says in capsys.readouterr().err
    with Project.open(project_file, "secret", read_only=True) as project:
        assert (project.n_entries, project.data_hash(), len(list(project.audit()))) == before


def test_a_refused_file_makes_no_project(tmp_path):
    """Import into a file that does not exist leaves none behind when it fails."""
    assert main(["import", str(tmp_path / "new.zhiyan"), str(_csv(tmp_path, b""))]) == 1
    assert not (tmp_path / "new.zhiyan").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"SQLite format 3\x00" + bytes(4080), b"hello", bytes(range(256)) * 16, b"x" * 5000],
    ids=["empty", "plain database", "text", "one page of noise", "odd size"],
)
def test_what_is_no_project_is_refused_and_untouched(tmp_path, content):
    path = tmp_path / "p.zhiyan"
    path.write_bytes(content)
    assert main(["analyse", str(path)]) == 1
    assert path.read_bytes() == content


def test_a_truncated_project_is_refused(bfi_project, tmp_path, capsys):
    path = tmp_path / "cut.zhiyan"
    path.write_bytes(bfi_project.read_bytes()[: 4096 * 7 + 100])
    assert main(["analyse", str(path)]) == 1
    assert capsys.readouterr().err.strip()


def test_a_wrong_passphrase_is_said_in_one_sentence(bfi_project, monkeypatch, capsys):
    before = bfi_project.read_bytes()
    monkeypatch.setenv("ZHIYAN_PASSPHRASE", "wrong")
    assert main(["analyse", str(bfi_project)]) == 1
    assert "passphrase" in capsys.readouterr().err
    assert bfi_project.read_bytes() == before


def test_without_terminal_and_variable_the_exit_code_is_2(bfi_project):
    """A script that forgot the passphrase must not hang at a prompt."""
    environment = {k: v for k, v in os.environ.items() if k != "ZHIYAN_PASSPHRASE"}
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "analyse", str(bfi_project)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "ZHIYAN_PASSPHRASE" in done.stderr


@pytest.mark.parametrize("words", [[], ["fly"], ["report", "x.zhiyan"], ["demo"]])
def test_wrong_use_exits_with_2(words, capsys):
    assert main(words) == 2
    assert capsys.readouterr().err


def test_a_console_that_knows_no_chinese_does_not_stop_the_work(tmp_path):
    """cp1252 and ASCII consoles show question marks instead of a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "instruments"],
        cwd=ROOT,
        env={**os.environ, "ZHIYAN_LANG": "zh", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert b"cmra_core" in done.stdout


def test_a_plan_file_is_read_and_written(bfi_project, tmp_path, capsys):
    out = tmp_path / "plan.json"
    assert main(["analyse", str(bfi_project), "--write-plan", str(out)]) == 0
    plan = json.loads(out.read_text("utf-8"))
    plan["n_factors"] = 5
    plan["parallel_sets"] = 10
    plan["chapters"] = ["factors"]
    out.write_text(json.dumps(plan), encoding="utf-8")
    result = tmp_path / "out.json"
    assert main(["analyse", str(bfi_project), "--plan", str(out), "--json", str(result)]) == 0
    (chapter,) = json.loads(result.read_text("utf-8"))["chapters"]
    columns = next(t for t in chapter["tables"] if t["id"] == "factors.loadings")["columns"]
    assert [c["id"] for c in columns if c["id"].startswith("F")] == [f"F{i}" for i in range(1, 6)]
