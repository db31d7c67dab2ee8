"""The file itself: what is refused and in which words, what stands in it, and in which format."""

from __future__ import annotations

import subprocess
import sys
import traceback
import zipfile
from pathlib import Path, PurePosixPath

import apsw
import pytest

from surveys import audit
from surveys.answers import Missing
from surveys.entry import EntryBuilder
from surveys.problems import SurveyError
from surveys.project import Project, network_paths
from surveys.project import file as project_file
from tests.surveys.project_samples import FULL, PASSPHRASE, STUDY, small_instrument, some_entries

CANARY = "CANARY七三五answer"


@pytest.fixture
def quick_keys(monkeypatch):
    monkeypatch.setattr(project_file, "_ROUNDS", 10)
    monkeypatch.setattr(audit, "this_device", lambda: "this computer")


@pytest.fixture
def project(tmp_path, quick_keys):
    with Project.create(tmp_path / "p.zhiyan", PASSPHRASE, STUDY, small_instrument()) as opened:
        yield opened


def refusal(path, passphrase=PASSPHRASE, **options):
    with pytest.raises(SurveyError) as raised:
        Project.open(path, passphrase, **options)
    return str(raised.value)


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "b")


def plain_database(path):
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t(a)")
    connection.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: p.write_bytes(b""), "is empty"),
        (plain_database, "not encrypted"),
        (zipped, "spreadsheet"),
        (lambda p: p.write_bytes(b"%PDF-1.7\n" + b"\0" * 9000), "PDF"),
        (lambda p: p.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000)), "old Excel"),
        (lambda p: p.write_bytes(b"$FL2@(#) SPSS" + bytes(5000)), "SPSS"),
        (lambda p: p.write_bytes(b"<stata_dta><header>" + bytes(5000)), "Stata"),
        (lambda p: p.write_text("Q1,Q2\n1,2\n" * 999, encoding="utf-8"), "text or CSV"),
        (lambda p: p.write_text("题一,题二\n同意,2\n", encoding="gb18030"), "text or CSV"),
        (lambda p: p.write_text("题一\t2\n", encoding="utf-16"), "text or CSV"),
        (lambda p: p.write_bytes(bytes(range(256)) * 33), "cut off"),
        (lambda p: p.write_bytes(bytes(range(256)) * 32), "passphrase is wrong"),
    ],
)
def test_what_is_no_project_is_refused_in_its_own_words_and_left_alone(
    tmp_path, quick_keys, make, words
):
    path = tmp_path / "x.zhiyan"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    for read_only in (False, True):
        assert words in refusal(path, read_only=read_only)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [file.name for file in tmp_path.iterdir()] == ["x.zhiyan"]


def test_a_wrong_passphrase_and_damage_share_one_sentence_that_names_both(project):
    path = project.path
    project.close()
    wrong = refusal(path, PASSPHRASE + "x")
    assert "passphrase is wrong" in wrong
    assert "damaged" in wrong
    data = bytearray(path.read_bytes())
    data[2000] ^= 1
    path.write_bytes(data)
    assert refusal(path) == wrong


def test_an_empty_passphrase_is_told_as_such(project):
    project.close()
    assert "passphrase is empty" in refusal(project.path, "")


def test_a_cut_off_file_is_refused(project):
    project.close()
    data = project.path.read_bytes()
    project.path.write_bytes(data[:-1000])
    assert "cut off" in refusal(project.path)


def test_damage_further_inside_is_found_when_it_is_read(project):
    """Every page carries a keyed digest: no damaged answer is ever taken for one."""
    project.add_entries(some_entries(400))
    project.close()
    data = bytearray(project.path.read_bytes())
    for page in range(20, len(data) // 4096):
        data[page * 4096 + 100] ^= 0xFF
    project.path.write_bytes(data)
    with (
        Project.open(project.path, PASSPHRASE) as again,
        pytest.raises(SurveyError, match="damaged"),
    ):
        list(again.entries())


def test_an_encrypted_database_of_another_program_is_refused(tmp_path, quick_keys):
    path = tmp_path / "other.zhiyan"
    key = project_file.derive_key(PASSPHRASE, project_file.new_salt())
    path.touch()
    connection = project_file.connect(path, key)
    connection.execute("CREATE TABLE t(a)")
    connection.close()
    before = path.read_bytes()
    assert "not a Zhiyan project" in refusal(path)
    assert path.read_bytes() == before


def test_the_file_is_in_the_format_of_sqlcipher_4_and_opens_with_the_passphrase_alone(tmp_path):
    """Other programs, and we in twenty years, need the passphrase and the format's own defaults."""
    path = tmp_path / "p.zhiyan"
    Project.create(path, PASSPHRASE, STUDY, small_instrument()).close()
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", PASSPHRASE)
    assert connection.execute("SELECT count(*) FROM instruments").fetchone() == (1,)
    assert int(connection.pragma("kdf_iter")) == 256_000
    assert int(connection.pragma("hmac_algorithm")) == int(connection.pragma("kdf_algorithm")) == 2
    assert connection.pragma("page_size") == project_file.PAGE_SIZE
    assert connection.pragma("journal_mode") == "wal"
    connection.close()


def test_settings_that_protect_the_data_are_on(project):
    connection = project._store.connection
    assert connection.pragma("foreign_keys") == 1
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    assert connection.pragma("temp_store") == 2
    assert connection.pragma("secure_delete") == 1
    assert connection.pragma("application_id") == 0x5A485941


def spellings(words):
    yield from (words.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"))


def test_no_file_beside_or_in_the_project_holds_a_plain_answer_or_question(tmp_path, quick_keys):
    instrument = small_instrument(title=CANARY + "title")
    entry = EntryBuilder(instrument).build(
        {**FULL, "T1": CANARY, "Q1": Missing.OUT_OF_RANGE}, written={"Q1": CANARY + "written"}
    )
    folder = tmp_path / "only"
    folder.mkdir()
    with Project.create(folder / "p.zhiyan", PASSPHRASE, STUDY, instrument) as project:
        project.add_entries([entry, *some_entries(500, instrument=instrument)])
        project.change_entry(
            EntryBuilder(instrument).build({**FULL, "T1": CANARY + "2"}, entry_id=entry.id),
            why=CANARY,
        )
        project.save_plan("p", CANARY.encode())
        names = sorted(file.suffix for file in folder.iterdir())
        assert names == [".lock", ".zhiyan", ".zhiyan-shm", ".zhiyan-wal"]
        assert (folder / "p.zhiyan-wal").stat().st_size > 0
        found = b"".join(file.read_bytes() for file in folder.iterdir())
    found += (folder / "p.zhiyan").read_bytes()
    for words in (CANARY, "CANARY", "小问卷", "我敢于尝试", "少开会", "SQLite format", PASSPHRASE):
        assert not any(spelling in found for spelling in spellings(words))


def test_an_answer_never_gets_into_the_words_of_an_error(project):
    instrument = small_instrument()
    builder = EntryBuilder(instrument)
    entry = builder.build({**FULL, "T1": CANARY})
    project.add_entries([entry])
    project._store.connection.pragma(
        "max_page_count", project._store.connection.pragma("page_count")
    )
    failing = (
        lambda: builder.build({**FULL, "C1": CANARY, "T1": CANARY}),
        lambda: builder.build({**FULL, "Q1": CANARY}, written={"Q2": CANARY}),
        lambda: project.add_entries([entry]),
        lambda: project.add_entries([builder.build({**FULL, "T1": CANARY * 9000})]),
        lambda: project.change_entry(entry, why=""),
        lambda: project.remove_entries([CANARY], why="x"),
        lambda: project.entry(CANARY),
    )
    for fail in failing:
        with pytest.raises(SurveyError) as raised:
            fail()
        error = raised.value
        told = "".join(traceback.format_exception(error)) + repr(error) + str(error)
        told += "".join(str(p) + repr(p) for p in error.problems)
        assert CANARY not in told


def test_a_folder_without_permission_is_told(tmp_path, quick_keys, monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(project_file.os, "open", refuse)
        with pytest.raises(SurveyError, match="cannot be written"):
            Project.create(tmp_path / "p.zhiyan", PASSPHRASE, STUDY)
    with pytest.raises(SurveyError, match="no folder gone"):
        Project.create(tmp_path / "gone" / "p.zhiyan", PASSPHRASE, STUDY)


def test_a_lock_that_cannot_be_made_is_told(project, monkeypatch):
    project.close()

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(project_file.FileLock, "acquire", refuse)
    assert "nothing can be written in its folder" in refusal(project.path)


def test_network_drives_are_refused_for_making_and_opening(project, monkeypatch):
    project.close()
    monkeypatch.setattr(project_file, "is_network_path", lambda path: True)
    assert "network drive" in refusal(project.path)
    with pytest.raises(SurveyError, match="network drive"):
        Project.create(project.path.with_name("q.zhiyan"), PASSPHRASE, STUDY)


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        (r"\\server\share\a.zhiyan", True),
        (r"\\?\UNC\server\share\a.zhiyan", True),
        (r"\\wsl$\Debian\a.zhiyan", True),
        (r"C:\调查 一\a.zhiyan", False),
        (r"\\?\C:\a.zhiyan", False),
        (r"\\.\C:\a.zhiyan", False),
        (r"\a.zhiyan", False),
    ],
)
def test_windows_shares_are_known_by_their_name(path, remote):
    assert network_paths.is_unc(path) is remote


def test_mounts_of_linux_and_mac_are_read_and_the_longest_one_counts():
    linux = network_paths.parse_linux_mounts(
        "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/my\\040share nfs4 rw 0 0\n"
        "/dev/sdb1 /mnt/my\\040share/local vfat rw 0 0\nbroken\n"
    )
    assert network_paths.file_system_of(PurePosixPath("/mnt/my share/a"), linux) == "nfs4"
    assert network_paths.file_system_of(PurePosixPath("/mnt/my share/local/a"), linux) == "vfat"
    assert network_paths.file_system_of(PurePosixPath("/home/a"), linux) == "ext4"
    mac = network_paths.parse_mac_mounts(
        "/dev/disk3s1s1 on / (apfs, sealed, local)\n"
        "//me@server/x on /Volumes/my share (smbfs, nodev, nosuid)\n"
    )
    assert mac == {"/": "apfs", "/Volumes/my share": "smbfs"}


@pytest.mark.skipif(sys.platform == "win32", reason="a temporary folder may be on any drive there")
def test_this_folder_is_no_network_path(tmp_path):
    assert not network_paths.is_network_path(tmp_path)


_WRITER = """
import sys
from surveys.project import file as project_file
from surveys.project import ImportSource, Project
from tests.surveys.project_samples import some_entries

project_file._ROUNDS = 10
batch = int(sys.argv[3])
source = ImportSource(file="x.csv", format="csv", sha256="0")
with Project.open(sys.argv[1], sys.argv[2]) as project:
    for seed in range(1_000_000):
        entries = some_entries(batch, seed)
        print("adding", flush=True)
        project.add_entries(entries, source=source)
"""


@pytest.mark.slow
def test_a_program_killed_while_it_imports_leaves_whole_imports_only(project):
    import random

    draw = random.Random(20250304)
    path, batch, rounds = project.path, 150, 15
    project.close()
    total = 0
    for _round in range(rounds):
        command = [sys.executable, "-c", _WRITER, str(path), PASSPHRASE, str(batch)]
        root = Path(__file__).parents[2]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline().strip() == b"adding"
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(timeout=draw.uniform(0.0, 0.25))
            writer.kill()
        with Project.open(path, PASSPHRASE) as again:
            imports = again.imports()
            assert again.n_entries == batch * len(imports)
            assert {source.n_entries for source in imports} <= {batch}
            assert again.verify_audit() == []
            recorded = [e for e in again.audit() if e.action == "entries imported"]
            assert len(recorded) == len(imports)
            assert again.n_entries >= total
            total = again.n_entries
            if total:
                assert len(again.answers()) == total
    assert total > 0


_PASSPHRASES = ("first", "second")

_CHANGER = """
import sys
from surveys.project import file as project_file
from surveys.problems import SurveyError
from surveys.project import Project

project_file._ROUNDS = 10
try:
    project = Project.open(sys.argv[1], "first")
    passphrases = ("second", "first")
except SurveyError:
    project = Project.open(sys.argv[1], "second")
    passphrases = ("first", "second")
while True:
    for passphrase in passphrases:
        print("changing", flush=True)
        project.change_passphrase(passphrase)
"""


@pytest.mark.slow
def test_a_program_killed_while_it_changes_the_passphrase_leaves_one_of_the_two(
    tmp_path, quick_keys
):
    import random

    draw = random.Random(20250305)
    path = tmp_path / "p.zhiyan"
    with Project.create(path, "first", STUDY, small_instrument()) as project:
        project.add_entries(some_entries(2000))
        kept = project.data_hash()
    for _round in range(6):
        command = [sys.executable, "-c", _CHANGER, str(path)]
        root = Path(__file__).parents[2]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as changer:
            assert changer.stdout is not None
            assert changer.stdout.readline().strip() == b"changing"
            with pytest.raises(subprocess.TimeoutExpired):
                changer.wait(timeout=draw.uniform(0.0, 0.25))
            changer.kill()
        opened = []
        for passphrase in _PASSPHRASES:
            try:
                with Project.open(path, passphrase) as again:
                    opened.append(passphrase)
                    assert again.data_hash() == kept
                    assert again.verify_audit() == []
            except SurveyError:
                continue
        assert len(opened) == 1
