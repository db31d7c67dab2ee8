"""A project keeps what it is given, all or nothing, and says who did what."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from surveys import audit
from surveys.answers import Missing
from surveys.entry import EntryBuilder, Keying, answers_of, make_entry
from surveys.problems import SurveyError
from surveys.project import ImportSource, Project
from surveys.project import file as project_file
from surveys.study import Study
from surveys.words import message
from tests.surveys.project_samples import (
    FULL,
    NOW,
    PASSPHRASE,
    STUDY,
    small_instrument,
    some_entries,
    text,
)

SOURCE = ImportSource(
    file="导出.csv",
    format="csv",
    sha256="ab" * 32,
    counts={"rows": 12},
    notes=(message("{n} columns were dropped.", n=2),),
)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch):
    """Fewer rounds: the strength of the derivation is tested with the real number elsewhere."""
    monkeypatch.setattr(project_file, "_ROUNDS", 10)
    monkeypatch.setattr(audit, "this_device", lambda: "this computer")


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "我的 项目"
    folder.mkdir()
    return folder / "小 调查.zhiyan"


@pytest.fixture
def project(path, clock):
    with Project.create(
        path, PASSPHRASE, STUDY, small_instrument(), person="甲", device="d1", clock=clock
    ) as opened:
        yield opened


def test_everything_is_there_after_closing_and_opening(path, project):
    entries = some_entries(30)
    assert project.add_entries(entries, source=SOURCE) == 30
    project.save_plan("main", b"plan \0 bytes")
    project.save_findings("k", b"findings")
    project.save_release("report", b"groups")
    kept = project.data_hash(), project.last_changed()
    project.close()
    with Project.open(path, PASSPHRASE) as again:
        assert again.study == STUDY
        assert again.instrument == small_instrument()
        assert list(again.entries()) == entries
        assert again.n_entries == 30
        assert (again.data_hash(), again.last_changed()) == kept
        assert again.plan("main") == b"plan \0 bytes"
        assert again.plan("other") is None
        assert again.plan_names() == ["main"]
        assert again.findings("k") == b"findings"
        assert again.findings("l") is None
        assert again.releases() == [("report", b"groups")]
        (source,) = again.imports()
        assert (source.file, source.n_entries, source.counts) == ("导出.csv", 30, {"rows": 12})
        assert source.notes == SOURCE.notes
        assert source.at == "2025-03-04T05:06:07+00:00"
        assert again.format_version == 1
        assert again.verify_audit() == []


def test_after_closing_only_the_one_file_is_left(path, project):
    project.add_entries(some_entries(5))
    project.close()
    project.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_opening_never_creates(tmp_path):
    for read_only in (True, False):
        with pytest.raises(SurveyError, match="no file"):
            Project.open(tmp_path / "none.zhiyan", PASSPHRASE, read_only=read_only)
    assert list(tmp_path.iterdir()) == []


def test_create_refuses_a_file_that_is_there_and_leaves_it_alone(path, project):
    project.close()
    before = path.read_bytes()
    with pytest.raises(SurveyError, match="already"):
        Project.create(path, PASSPHRASE, STUDY)
    assert path.read_bytes() == before


def test_create_leaves_nothing_behind_if_it_fails(path):
    with pytest.raises(TypeError):
        Project.create(path, PASSPHRASE, object())
    assert list(path.parent.iterdir()) == []


def test_an_empty_passphrase_is_refused_before_anything_is_made(path):
    with pytest.raises(SurveyError, match="empty"):
        Project.create(path, "", STUDY)
    assert not path.exists()


def test_answers_are_the_final_entries_in_order_of_adding(project):
    first = some_entries(4)
    builder = EntryBuilder(small_instrument())
    keyed = [builder.build(FULL, keying=keying) for keying in (Keying.FIRST, Keying.SECOND)]
    project.add_entries(first)
    project.add_entries(keyed)
    last = make_entry(small_instrument(), FULL)
    project.add_entries([last])
    ticks: list[float] = []
    answers = project.answers(ticks.append)
    assert list(answers.values.index) == [*(entry.id for entry in first), last.id]
    assert ticks == sorted(ticks)
    assert ticks[-1] == 1.0
    assert project.n_entries == 5
    assert project.count(Keying.SECOND) == 1
    assert list(project.entries(Keying.FIRST)) == keyed[:1]
    assert project.entry(last.id) == last


@pytest.mark.parametrize("given", ["/home/somebody/导出.csv", r"C:\Users\somebody\导出.csv"])
def test_the_folder_of_an_imported_file_is_not_kept(project, given):
    """It can hold a person's name."""
    project.add_entries([], source=ImportSource(file=given, format="csv", sha256=""))
    (source,) = project.imports()
    assert source.file == "导出.csv"


def test_serials_are_those_of_the_final_forms_that_have_one(project):
    builder = EntryBuilder(small_instrument())
    keyed = {"1": Keying.FINAL, "2": Keying.FIRST, "": Keying.FINAL}
    project.add_entries(builder.build(FULL, serial=n, keying=k) for n, k in keyed.items())
    assert project.serials() == {"1"}


def test_a_failure_half_way_adds_nothing(project):
    good = some_entries(3)
    project.add_entries(good)
    kept = project.data_hash(), len(list(project.audit()))

    def breaking():
        yield from some_entries(1500, seed=2)
        raise RuntimeError("the importer broke")

    with pytest.raises(RuntimeError):
        project.add_entries(breaking(), source=SOURCE)
    assert project.n_entries == 3
    assert project.imports() == []
    assert (project.data_hash(), len(list(project.audit()))) == kept


def test_cancelling_from_the_tick_adds_nothing(project):
    class CancelledError(Exception):
        pass

    def tick(share):
        if share > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        project.add_entries(some_entries(2500), source=SOURCE, tick=tick)
    assert project.n_entries == 0
    assert project.add_entries(some_entries(2)) == 2


def test_an_entry_that_is_there_already_is_refused_with_all_others(project):
    entries = some_entries(3)
    project.add_entries(entries[:1])
    with pytest.raises(SurveyError, match="already"):
        project.add_entries(reversed(entries))
    assert project.n_entries == 1


def test_entries_of_an_unknown_questionnaire_or_of_another_length_are_refused(project):
    import msgspec

    with pytest.raises(SurveyError, match="does not have"):
        project.add_entries(some_entries(1, instrument=small_instrument("9")))
    (entry,) = some_entries(1)
    for broken in ({"missing": b"\0"}, {"values": entry.values[:-1]}):
        with pytest.raises(SurveyError, match="another number"):
            project.add_entries([msgspec.structs.replace(entry, **broken)])
    assert project.n_entries == 0


def test_versions_of_the_questionnaire_stay_and_are_not_mixed(project):
    project.add_entries(some_entries(2))
    newer = small_instrument("2", title="新题目")
    project.save_instrument(newer, why="wording")
    assert project.instrument == newer
    assert project.instruments() == (small_instrument(), newer)
    with pytest.raises(SurveyError, match="2 forms"):
        project.answers()
    project.save_instrument(small_instrument())
    assert len(project.answers()) == 2
    assert project.instruments() == (small_instrument(), newer)
    old = next(project.entries())
    assert answers_of(old, project.instruments()[0])["AT"] == 3


def test_saving_the_same_questionnaire_again_changes_nothing(project):
    before = len(list(project.audit()))
    project.save_instrument(small_instrument())
    assert len(list(project.audit())) == before


def test_answers_without_a_questionnaire_say_so(path):
    with Project.create(path, PASSPHRASE, STUDY) as project:
        assert project.instrument is None
        assert project.instruments() == ()
        with pytest.raises(SurveyError, match="no questionnaire"):
            project.answers()
        assert project.data_hash()


def test_data_hash_ignores_order_and_ids_and_changes_with_answers_and_questionnaire(path, tmp_path):
    hashes = []
    entries = some_entries(20)
    for number, order in enumerate((entries, entries[::-1], entries[:-1])):
        with Project.create(
            tmp_path / f"{number}.zhiyan", PASSPHRASE, STUDY, small_instrument()
        ) as project:
            project.add_entries(order)
            hashes.append(project.data_hash())
            before = project.data_hash()
            project.save_study(Study(title=text("other")))
            assert project.data_hash() == before
            project.save_instrument(small_instrument("2"))
            assert project.data_hash() != before
    assert hashes[0] == hashes[1] != hashes[2]


def test_last_changed_moves_with_data_study_and_questionnaire_only(project, clock):
    def moved(change):
        clock.now += timedelta(days=1)
        before = project.last_changed()
        change()
        return project.last_changed() == clock.now != before

    entries = some_entries(1)
    assert project.last_changed() == NOW
    assert moved(lambda: project.add_entries(entries))
    assert moved(lambda: project.save_study(Study(title=text("b"))))
    assert moved(lambda: project.save_instrument(small_instrument("2")))
    assert moved(lambda: project.remove_entries([entries[0].id], why="twice"))
    assert not moved(lambda: project.save_plan("p", b""))
    assert project.plan_changed("p") == clock.now
    assert project.plan_changed("q") is None
    assert not moved(lambda: project.save_findings("k", b""))
    assert not moved(lambda: project.record("exported", "entries"))


def test_last_changed_is_utc_whatever_the_clock_says(path):
    from datetime import timezone

    beijing = datetime(2025, 1, 1, 7, tzinfo=timezone(timedelta(hours=8)))
    with Project.create(path, PASSPHRASE, STUDY, clock=lambda: beijing) as project:
        assert project.last_changed().isoformat() == "2024-12-31T23:00:00+00:00"
        assert project.last_changed().tzinfo == UTC


def test_changing_an_answer_needs_a_reason_and_leaves_old_and_new_in_the_trail(project):
    builder = EntryBuilder(small_instrument())
    old = builder.build(FULL, serial="1")
    project.add_entries([old])
    new = builder.build({**FULL, "Q1": Missing.ILLEGIBLE, "T1": "改了"}, entry_id=old.id)
    with pytest.raises(SurveyError, match="reason"):
        project.change_entry(new, why=" ")
    project.person = "乙"
    project.change_entry(new, why="wrong key")
    assert project.entry(old.id) == new
    event = list(project.audit())[-1]
    assert (event.person, event.subject, event.why) == ("乙", old.id, "wrong key")
    assert event.details["answers"] == {
        "Q1": {"before": {"value": 4}, "after": {"missing": "ILLEGIBLE"}},
        "T1": {"before": {"value": "少开会，多办事"}, "after": {"value": "改了"}},
    }
    assert event.details["about"] == {"serial": {"before": "1", "after": ""}}


def test_changing_an_entry_that_is_not_there_or_of_another_version_is_refused(project):
    (entry,) = some_entries(1)
    with pytest.raises(SurveyError, match="not in the project"):
        project.change_entry(entry, why="x")
    project.add_entries([entry])
    project.save_instrument(small_instrument("2"))
    moved = EntryBuilder(small_instrument("2")).build(FULL, entry_id=entry.id)
    with pytest.raises(SurveyError, match="another version"):
        project.change_entry(moved, why="x")
    assert project.entry(entry.id) == entry


def test_removing_entries_takes_all_or_none_and_needs_a_reason(project):
    entries = some_entries(4)
    project.add_entries(entries)
    ids = [entry.id for entry in entries]
    with pytest.raises(SurveyError, match="reason"):
        project.remove_entries(ids[:1], why="")
    with pytest.raises(SurveyError, match="None was removed"):
        project.remove_entries([ids[0], "nobody"], why="twice")
    assert project.n_entries == 4
    assert project.remove_entries([ids[0], ids[0], ids[2]], why="twice") == 2
    assert [entry.id for entry in project.entries()] == [ids[1], ids[3]]
    assert list(project.audit())[-1].details == {"ids": sorted([ids[0], ids[2]])}


def test_a_second_opening_for_writing_is_refused_by_name(path, project):
    with pytest.raises(SurveyError, match=r"小 调查\.zhiyan is open in another"):
        Project.open(path, PASSPHRASE)
    project.save_plan("still", b"working")
    project.close()
    Project.open(path, PASSPHRASE).close()


def test_another_program_is_kept_out_too(path, project):
    code = (
        "import sys\n"
        "from surveys.project import file as project_file\n"
        "from surveys.project import Project\n"
        "from surveys.problems import SurveyError\n"
        "project_file._ROUNDS = 10\n"
        "try:\n"
        "    Project.open(sys.argv[1], sys.argv[2])\n"
        "except SurveyError as error:\n"
        "    sys.exit(7 if 'another window' in str(error) else 8)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path), PASSPHRASE], check=False)
    assert ran.returncode == 7


def test_a_lock_file_left_by_a_crash_does_not_block(path, project):
    project.close()
    project_file.lock_path(path).write_text("", encoding="utf-8")
    Project.open(path, PASSPHRASE).close()
    assert not project_file.lock_path(path).exists()


def test_a_reader_beside_the_writer_sees_what_was_last_saved_and_writes_nothing(path, project):
    project.add_entries(some_entries(3))
    with project.reader() as reader, Project.open(path, PASSPHRASE, read_only=True) as other:
        assert reader.n_entries == other.n_entries == 3
        assert reader.read_only
        assert not project.read_only

        def watching():
            for entry in some_entries(4, seed=2):
                yield entry
                assert reader.n_entries == 3

        project.add_entries(watching())
        assert reader.n_entries == 7
        assert reader.data_hash() == project.data_hash()
        assert reader.answers().values.equals(project.answers().values)
        project.save_instrument(small_instrument("2"))
        assert reader.instrument == small_instrument("2")
        for write in (
            lambda: reader.save_plan("p", b""),
            lambda: reader.add_entries(some_entries(1, seed=3)),
            lambda: reader.record("x", "y"),
            lambda: reader.save_study(STUDY),
            lambda: reader.change_passphrase("other"),
        ):
            with pytest.raises(SurveyError, match="reading only"):
                write()
        with pytest.raises(Exception, match="readonly"):
            reader._store.connection.execute("DELETE FROM entries")
    project.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_reading_alone_leaves_the_file_and_its_folder_as_they_were(path, project):
    project.add_entries(some_entries(3))
    project.close()
    before = path.read_bytes()
    with Project.open(path, PASSPHRASE, read_only=True) as reader:
        assert len(reader.answers()) == 3
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_in_a_folder_without_write_permission_is_read_as_it_lies(path, project, monkeypatch):
    project.add_entries(some_entries(3))
    project.close()
    monkeypatch.setattr(project_file, "_may_write", lambda path: False)
    with Project.open(path, PASSPHRASE, read_only=True) as reader:
        assert len(reader.answers()) == 3
        assert [file.name for file in path.parent.iterdir()] == [path.name]
    project_file.log_of(path).write_bytes(b"left by a crash")
    with pytest.raises(SurveyError, match="not closed properly"):
        Project.open(path, PASSPHRASE, read_only=True)


def test_a_worker_thread_reads_through_its_own_connection(project):
    project.add_entries(some_entries(10))
    found = []

    def work():
        with project.reader() as reader:
            found.append(len(reader.answers()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [10]


def test_the_key_goes_to_a_worker_process_but_never_into_print(path, project):
    key = pickle.loads(pickle.dumps(project.key))
    project.close()
    with Project.open(path, key) as again:
        assert again.study == STUDY
    assert key.key.hex() not in repr(key)
    assert repr(key) == "FileKey()"


def test_changing_the_passphrase_re_encrypts_everything_with_a_new_salt(path, project):
    project.add_entries(some_entries(50))
    old_key, kept = project.key, project.data_hash()
    project.change_passphrase("新口令")
    assert project.data_hash() == kept
    project.save_plan("after", b"x")
    project.close()
    for wrong in (PASSPHRASE, old_key):
        with pytest.raises(SurveyError, match="passphrase is wrong"):
            Project.open(path, wrong)
    with Project.open(path, "新口令") as again:
        assert (again.data_hash(), again.plan("after")) == (kept, b"x")
        assert again.key.salt != old_key.salt
        assert "passphrase changed" in [event.action for event in again.audit()]


def test_the_passphrase_is_not_changed_while_somebody_reads(path, project, monkeypatch):
    monkeypatch.setattr(project_file, "_BUSY_MILLISECONDS", 1)
    project._store.connection.set_busy_timeout(1)
    project.add_entries(some_entries(5))
    with project.reader() as reader:
        list(reader.entries())
        with pytest.raises(SurveyError, match="in use"):
            project.change_passphrase("新口令")
    project.add_entries(some_entries(5, seed=2))
    project.close()
    with Project.open(path, PASSPHRASE) as again:
        assert again.n_entries == 10


@pytest.mark.parametrize("breaking", ["back_up", "replace"])
def test_a_change_of_passphrase_that_fails_leaves_the_old_one(path, project, monkeypatch, breaking):
    def fail(*_arguments):
        raise PermissionError(13, "another program holds the file")

    project.add_entries(some_entries(5))
    with monkeypatch.context() as patched:
        patched.setattr(project_file if breaking == "back_up" else Path, breaking, fail)
        with pytest.raises(SurveyError, match="cannot be written"):
            project.change_passphrase("新口令")
    assert "passphrase changed" not in [event.action for event in project.audit()]
    project.add_entries(some_entries(5, seed=2))
    project.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with Project.open(path, PASSPHRASE) as again:
        assert again.n_entries == 10


def test_composed_and_decomposed_passphrases_are_the_same(path):
    Project.create(path, "caf\u00e9 密码", STUDY).close()
    Project.open(path, "cafe\u0301 密码").close()


def test_a_full_disk_is_told_and_nothing_is_half_saved(path, project):
    project.add_entries(some_entries(5))
    pages = project._store.connection.pragma("page_count")
    project._store.connection.pragma("max_page_count", pages + 2)
    with pytest.raises(SurveyError, match="disk is full"):
        project.add_entries(some_entries(3000, seed=2), source=SOURCE)
    assert project.n_entries == 5
    assert project.imports() == []
    project._store.connection.pragma("max_page_count", 1_000_000)
    assert project.add_entries(some_entries(3000, seed=2)) == 3000


def test_a_transaction_keeps_several_changes_or_none(path, project):
    before = project.data_hash(), project.last_changed(), len(list(project.audit()))
    newer = small_instrument("2")
    with pytest.raises(SurveyError, match="already"), project.transaction():
        project.save_instrument(newer)
        project.save_study(Study(title=text("b")))
        entries = some_entries(3, instrument=newer)
        project.add_entries(entries, source=SOURCE)
        assert len(project.answers()) == 3
        project.add_entries(entries)
    assert (project.data_hash(), project.last_changed(), len(list(project.audit()))) == before
    assert (project.instrument, project.study) == (small_instrument(), STUDY)
    other = small_instrument("3")
    with project.transaction():
        project.save_instrument(other)
        project.add_entries(some_entries(2, instrument=other), source=SOURCE)
    assert len(project.answers()) == 2
    assert project.instruments() == (small_instrument(), other)
    assert project.verify_audit() == []
    with project.reader() as reader, pytest.raises(SurveyError), reader.transaction():
        pass


def test_a_failure_caught_inside_a_transaction_leaves_nothing_half_done(project):
    first = some_entries(2)
    with project.transaction():
        project.add_entries(first)
        with pytest.raises(SurveyError):
            project.add_entries([*some_entries(2, seed=2), first[0]], source=SOURCE)
    assert list(project.entries()) == first
    assert project.imports() == []


def test_a_full_disk_inside_a_transaction_undoes_all_of_it(project):
    pages = project._store.connection.pragma("page_count")
    project._store.connection.pragma("max_page_count", pages + 2)
    with pytest.raises(SurveyError, match="disk is full"), project.transaction():
        project.save_study(Study(title=text("b")))
        project.add_entries(some_entries(3000, seed=2), source=SOURCE)
    assert project.study == STUDY
    assert project.n_entries == 0
    with pytest.raises(SurveyError, match="disk is full"), project.transaction():
        project.save_study(Study(title=text("b")))
        with pytest.raises(SurveyError, match="disk is full"):
            project.add_entries(some_entries(3000, seed=2), source=SOURCE)
        project.save_plan("p", b"must not be saved by itself")
    assert project.study == STUDY
    assert project.plan("p") is None


def test_a_copy_is_whole_and_opens_with_the_same_passphrase(path, project, tmp_path):
    project.add_entries(some_entries(200))
    copy = tmp_path / "副本 1.zhiyan"
    copy.write_bytes(b"an older copy")
    copy.with_name(copy.name + "-wal").write_bytes(b"of the older copy")
    with project.reader() as reader:
        list(reader.entries())
        project.copy_to(copy)
    project.add_entries(some_entries(5, seed=2))
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [copy.name]
    with Project.open(copy, PASSPHRASE) as other:
        assert list(other.entries()) == list(project.entries())[:200]
        assert other.verify_audit() == []
    assert b"an older copy" not in copy.read_bytes()


def test_a_copy_over_the_project_itself_or_an_open_one_is_refused(path, project, tmp_path):
    with pytest.raises(SurveyError, match="itself"):
        project.copy_to(path)
    with Project.create(tmp_path / "b.zhiyan", PASSPHRASE, STUDY) as other:
        with pytest.raises(SurveyError, match="another window"):
            project.copy_to(other.path)
        assert other.study == STUDY


def test_a_copy_that_fails_leaves_the_older_one(path, project, tmp_path, monkeypatch):
    copy = tmp_path / "b.zhiyan"
    copy.write_bytes(b"an older copy")
    monkeypatch.setattr(project_file, "back_up", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        project.copy_to(copy)
    assert copy.read_bytes() == b"an older copy"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [copy.name]


def test_the_latest_findings_are_those_saved_last(project):
    assert project.latest_findings() is None
    project.save_findings("k1", b"1")
    project.save_findings("k2", b"2")
    assert project.latest_findings() == b"2"
    project.save_findings("k1", b"3")
    assert project.latest_findings() == b"3"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the kernel's list of locks")
def test_looking_at_an_open_file_again_does_not_drop_the_database_s_locks(path, project, tmp_path):
    """Otherwise another program that closes the file takes itself for the last one."""

    def locked():
        number = str(path.stat().st_ino)
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
        return [line for line in lines if line.split()[5].rpartition(":")[2] == number]

    project.add_entries(some_entries(3))
    assert len(locked()) == 1
    with project.reader(), Project.open(path, PASSPHRASE, read_only=True):
        pass
    with pytest.raises(SurveyError):
        Project.open(path, PASSPHRASE)
    with pytest.raises(SurveyError):
        Project.open(path, "wrong", read_only=True)
    project.copy_to(tmp_path / "copy.zhiyan")
    assert len(locked()) == 1


def test_importing_the_project_loads_neither_pandas_nor_numpy():
    code = (
        "import sys, surveys.project, surveys.privacy;"
        "sys.exit(any(m in sys.modules for m in ('pandas', 'numpy', 'pyreadstat')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
