"""Older files are brought to the newest format whole or not at all; newer ones are left alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from surveys.problems import SurveyError
from surveys.project import Project, migrations
from surveys.project import file as project_file
from tests.surveys.project_samples import PASSPHRASE, STUDY, small_instrument, some_entries

FIXTURES = Path(__file__).with_name("fixtures")


@pytest.fixture
def quick_keys(monkeypatch):
    monkeypatch.setattr(project_file, "_ROUNDS", 10)


@pytest.fixture
def path(tmp_path, quick_keys):
    path = tmp_path / "调查.zhiyan"
    with Project.create(path, PASSPHRASE, STUDY, small_instrument()) as project:
        project.add_entries(some_entries(25))
    return path


def add_column(connection):
    connection.execute("ALTER TABLE entries ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")


def fill_column(connection):
    connection.execute("UPDATE entries SET colour = 'green' WHERE seq % 2 = 0")


def break_down(connection):
    connection.execute("DELETE FROM entries")
    raise RuntimeError("the step failed")


def orphan(connection):
    connection.pragma("defer_foreign_keys", True)
    connection.execute("DELETE FROM instruments")


def key_of(path):
    return project_file.derive_key(PASSPHRASE, project_file.salt_of(path))


def connect(path):
    return project_file.connect(path, key_of(path))


def migrate(connection, path, *more):
    return migrations.migrate(connection, path, key_of(path), (*migrations.STEPS, *more))


def test_several_steps_run_together_and_a_copy_of_the_old_file_is_kept(path):
    with Project.open(path, PASSPHRASE) as project:
        entries, study, events = list(project.entries()), project.study, len(list(project.audit()))
    connection = connect(path)
    copy = migrate(connection, path, add_column, fill_column)
    assert connection.pragma("user_version") == 3
    colours = connection.execute("SELECT colour, count(*) FROM entries GROUP BY 1 ORDER BY 1")
    assert colours.fetchall() == [("blue", 13), ("green", 12)]
    assert migrate(connection, path, add_column, fill_column) is None
    connection.close()
    assert copy == path.with_name("调查.format-1.zhiyan")
    with Project.open(copy, PASSPHRASE) as old:
        assert (list(old.entries()), old.study) == (entries, study)
        assert len(list(old.audit())) == events
        assert old.format_version == 1


def test_a_copy_made_before_is_never_overwritten(path):
    earlier = path.with_name("调查.format-1.zhiyan")
    earlier.write_bytes(b"mine")
    connection = connect(path)
    copy = migrate(connection, path, add_column)
    connection.close()
    assert copy == path.with_name("调查.format-1-1.zhiyan")
    assert earlier.read_bytes() == b"mine"


@pytest.mark.parametrize(("broken", "error"), [(break_down, RuntimeError), (orphan, SurveyError)])
def test_a_step_that_fails_leaves_the_file_as_it_was(path, broken, error):
    connection = connect(path)
    with pytest.raises(error):
        migrate(connection, path, add_column, broken)
    assert connection.pragma("user_version") == 1
    connection.close()
    with Project.open(path, PASSPHRASE) as project:
        assert project.n_entries == 25
        assert list(project.entries()) != []
        assert project.instrument == small_instrument()


def test_no_migration_without_a_copy(path, monkeypatch):
    def full(*_arguments):
        raise apsw.FullError

    monkeypatch.setattr(migrations, "back_up", full)
    connection = connect(path)
    with pytest.raises(SurveyError, match="no copy of it"):
        migrate(connection, path, add_column)
    assert connection.pragma("user_version") == 1
    connection.close()


def test_a_newer_file_is_refused_and_not_touched(path):
    connection = connect(path)
    connection.pragma("user_version", migrations.FORMAT_VERSION + 1)
    connection.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(SurveyError, match="newer version") as raised:
            Project.open(path, PASSPHRASE, read_only=read_only)
        assert raised.value.values["found"] == migrations.FORMAT_VERSION + 1
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_older_file_is_brought_up_to_date_by_opening_it_for_writing_only(path, monkeypatch):
    from surveys.project import store as project_store

    steps = (*migrations.STEPS, add_column)
    monkeypatch.setattr(project_store.migrations, "FORMAT_VERSION", 2)
    monkeypatch.setattr(project_store.migrations.migrate, "__defaults__", (steps,))
    monkeypatch.setattr(project_store.migrations.check_known, "__defaults__", (steps,))
    with pytest.raises(SurveyError, match="older format"):
        Project.open(path, PASSPHRASE, read_only=True)
    with Project.open(path, PASSPHRASE) as project:
        assert project.format_version == 2
        assert len(project.answers()) == 25


def test_a_project_of_format_1_opens_as_it_was_written(tmp_path):
    """The file was made when format 1 was new; nobody's project may ever become unreadable."""
    path = tmp_path / "format_1.zhiyan"
    shutil.copyfile(FIXTURES / "format_1.zhiyan", path)
    with Project.open(path, "旧口令 format one") as project:
        assert project.format_version == migrations.FORMAT_VERSION
        assert project.study.title.get("zh") == "第一版文件"
        assert project.instrument is not None
        assert [item.id for item in project.instrument.presented()][:3] == ["Q1", "Q2", "R1"]
        assert project.n_entries == 12
        answers = project.answers()
        assert answers.values["Q1"].tolist() == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
        assert answers.values["T1"].tolist()[:2] == ["意见0", "意见1"]
        assert answers.missing["Q2"].tolist() == [0, 3] * 6
        assert answers.about["seconds"].tolist()[:2] == [60.0, 61.0]
        (source,) = project.imports()
        assert (source.file, source.n_entries) == ("first.csv", 12)
        assert project.plan("main") == b"plan"
        assert project.findings("key") == b"findings"
        assert project.releases() == [("report", b"release")]
        assert project.last_changed().isoformat() == "2025-03-04T05:06:07+00:00"
        assert project.verify_audit() == []
        changed = [e for e in project.audit() if e.action == "entry changed"]
        assert changed[0].details["answers"]["S1"]["before"] == {"value": 300}
        project.add_entries([])
