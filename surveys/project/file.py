"""Opening the encrypted file of a project: what it is, its key, its lock, its settings.

The file is a SQLite database in the format of SQLCipher 4: AES-256-CBC with a HMAC-SHA512 a page,
the key derived from the passphrase by PBKDF2-HMAC-SHA512 in 256,000 rounds with the 16 bytes at the
start of the file as salt. Other programs that know the format open it with the same passphrase.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import apsw
from filelock import FileLock, Timeout

from surveys.problems import SurveyError
from surveys.project.network_paths import is_network_path
from surveys.words import Message, message

PAGE_SIZE = 4096
SALT_SIZE = 16
_ROUNDS = 256_000
_BUSY_MILLISECONDS = 3_000
_BESIDE = ("-wal", "-shm", "-journal")
_KNOWN_STARTS = (
    (b"SQLite format 3\0", message("a database that is not encrypted")),
    (b"PK\x03\x04", message("a spreadsheet, a Word file or a zip archive")),
    (b"%PDF", message("a PDF document")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", message("an old Excel or Word file")),
    (b"$FL2", message("an SPSS data file")),
    (b"$FL3", message("an SPSS data file")),
    (b"<stata_dta>", message("a Stata data file")),
    (b"7z\xbc\xaf\x27\x1c", message("a compressed archive")),
    (b"Rar!", message("a compressed archive")),
    (b"\x1f\x8b", message("a compressed archive")),
    (b"\x89PNG", message("a picture")),
    (b"\xff\xd8\xff", message("a picture")),
)


@dataclass(frozen=True, slots=True)
class FileKey:
    """The key of one file, for handing to a worker; never printed."""

    key: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    def pragma(self) -> str:
        """Return the key as the database wants it: key and salt in hexadecimal."""
        return f"x'{self.key.hex()}{self.salt.hex()}'"


def derive_key(passphrase: str, salt: bytes) -> FileKey:
    """Derive the key of a file from its passphrase; takes some tenths of a second.

    The passphrase is composed first (Unicode NFC), so that every keyboard gives the same bytes.
    """
    if not passphrase or "\0" in passphrase:
        raise SurveyError("The passphrase is empty. Enter the passphrase of the project.")
    text = unicodedata.normalize("NFC", passphrase).encode()
    return FileKey(hashlib.pbkdf2_hmac("sha512", text, salt, _ROUNDS, 32), salt)


def new_salt() -> bytes:
    """Return a random salt for a new file."""
    return secrets.token_bytes(SALT_SIZE)


def salt_of(path: Path) -> bytes:
    """Return the salt at the start of a file."""
    return _start_of(path, SALT_SIZE)[1]


def _start_of(path: Path, length: int) -> tuple[int, bytes]:
    """Return the size of a file and its first bytes.

    On POSIX, closing any ordinary handle of a file drops all locks of the process on it, also those
    of an open database. So even these bytes are read through the database's own file layer, which
    keeps account of that.
    """
    with said(path):
        stream = apsw.VFSFile(
            "", str(path), [apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_MAIN_DB, 0]
        )
        try:
            return stream.xFileSize(), stream.xRead(length, 0)
        finally:
            stream.xClose()


def sniff(path: Path) -> None:
    """Make sure that a file can be a project, as far as that shows without the passphrase.

    Raises
    ------
    SurveyError
        There is no such file, or it is a folder, empty, of a well-known other kind, or cut off.
    """
    refuse_network(path)
    with said(path):
        if path.is_dir():
            raise SurveyError("{file} is a folder. Choose a project file.", file=path.name)
        if not path.exists():
            raise SurveyError(
                "There is no file {file}. Check the name, or make a new project.", file=path.name
            )
    size, start = _start_of(path, 512)
    if not start:
        raise SurveyError(
            "{file} is empty (0 bytes). Look for a copy of the project; there is nothing in this file.",
            file=path.name,
        )
    kind = _kind_of(start)
    if kind is not None:
        raise SurveyError(
            "{file} is {kind}, not a project. To bring in answers, open or make a project and import the file.",
            file=path.name,
            kind=kind,
        )
    # After a power cut the rest of the last page may still be in the write-ahead log.
    if size % PAGE_SIZE and not log_of(path).exists():
        raise SurveyError(
            "{file} is cut off or is not a project: its size is not a whole number of pages. Copy it again from where it came from.",
            file=path.name,
        )


def _kind_of(start: bytes) -> Message | None:
    for mark, kind in _KNOWN_STARTS:
        if start.startswith(mark):
            return kind
    # Encrypted bytes of this length practically always hold control characters; text never does.
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or not any(
        byte < 32 and byte not in b"\t\r\n\f" for byte in start
    ):
        return message("a text or CSV file")
    return None


def log_of(path: Path) -> Path:
    """Return the place of a file's write-ahead log."""
    return path.with_name(path.name + "-wal")


def refuse_network(path: Path) -> None:
    """Refuse a path on another computer: locks and the write-ahead log do not work there."""
    if is_network_path(path):
        raise SurveyError(
            "{file} lies on a network drive, where a project can be damaged. Copy it to this computer and open the copy.",
            file=path.name,
        )


def take_lock(path: Path) -> FileLock:
    """Keep other programs from writing to a file until the lock is released.

    The operating system drops the lock when the program ends, however it ends.

    Raises
    ------
    SurveyError
        Another program, or this one, has the file open, or no lock can be made in the folder.
    """
    lock = FileLock(lock_path(path), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SurveyError(
            "{file} is open in another window or program. Close it there first.", file=path.name
        ) from None
    except OSError as error:
        raise SurveyError(
            "{file} cannot be opened for writing: nothing can be written in its folder. Copy it to a folder of your own.",
            file=path.name,
        ) from error
    return lock


def lock_path(path: Path) -> Path:
    """Return the place of a file's lock."""
    return path.with_name(path.name + ".lock")


def drop_lock(lock: FileLock) -> None:
    """Release a lock and remove its file."""
    place = Path(lock.lock_file)
    if sys.platform != "win32":
        # Removed while it is held: whoever opened it meanwhile finds it gone and makes a new one.
        place.unlink(missing_ok=True)
    lock.release()


def connect(path: Path, key: FileKey, *, read_only: bool = False) -> apsw.Connection:
    """Open an existing file with its key.

    A read-only connection sees what was last committed, also while another one writes. In a folder
    without write permission the file is read as one that nobody changes.

    Raises
    ------
    SurveyError
        The passphrase is wrong or the file is damaged, which cannot be told apart.
    """
    if not read_only:
        return _connected(path, key)
    if _may_write(path):
        # Windows tells only on trying whether something may be written in a folder.
        with suppress(apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError):
            return _connected(path, key, query_only=True)
    if log_of(path).exists() and log_of(path).stat().st_size:
        raise SurveyError(
            "{file} was not closed properly and lies in a folder where nothing can be written. Copy it, together with the files whose names begin like it, to a folder of your own.",
            file=path.name,
        )
    return _connected(path, key, query_only=True, frozen=True)


def _connected(
    path: Path, key: FileKey, *, query_only: bool = False, frozen: bool = False
) -> apsw.Connection:
    if frozen:
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        connection = apsw.Connection(path.as_uri() + "?immutable=1", flags=flags)
    else:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        configure(connection, key, path)
        connection.pragma("query_only", query_only)
    except BaseException:
        connection.close(True)
        raise
    return connection


def configure(connection: apsw.Connection, key: FileKey, path: Path) -> None:
    """Give a new connection its key and settings, and try whether the key fits."""
    connection.set_busy_timeout(_BUSY_MILLISECONDS)
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", key.pragma())
    try:
        connection.pragma("user_version")
    except apsw.NotADBError:
        raise SurveyError(
            "{file} cannot be opened: the passphrase is wrong, or the file is damaged or not a project. Check the passphrase, also upper and lower case and the input method; if you are sure of it, use a copy of the file.",
            file=path.name,
        ) from None
    connection.pragma("foreign_keys", True)
    connection.pragma("synchronous", "FULL")
    connection.pragma("temp_store", "MEMORY")
    connection.pragma("cache_size", -64_000)
    connection.pragma("trusted_schema", False)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def create_file(path: Path) -> None:
    """Make an empty file that only its owner may read; refuse to touch one that is there.

    Raises
    ------
    SurveyError
        There is such a file, or its folder is missing, read-only or on a network.
    """
    refuse_network(path)
    if not path.parent.is_dir():
        raise SurveyError(
            "There is no folder {folder}. Make it first, or choose another one.",
            folder=path.parent.name,
        )
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR
    try:
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        raise SurveyError(
            "There is already a file {file}. Choose another name; nothing was changed.",
            file=path.name,
        ) from None
    except OSError as error:
        raise _no_permission(path) from error


def remove_file(path: Path) -> None:
    """Remove a file that could not be set up, with everything that the database put beside it."""
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _no_permission(path: Path) -> SurveyError:
    return SurveyError(
        "{file} cannot be written: the folder or the file is read-only. Choose a folder of your own.",
        file=path.name,
    )


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Turn what the database and the operating system say about a file into a sentence."""
    try:
        yield
    except apsw.FullError as error:
        raise SurveyError(
            "The disk is full. Make room on it and try again; {file} is as it was before.",
            file=path.name,
        ) from error
    except (apsw.ReadOnlyError, apsw.PermissionsError, PermissionError) as error:
        raise _no_permission(path) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise SurveyError(
            "{file} is in use by another program. Close it there and try again.", file=path.name
        ) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise SurveyError(
            "{file} is damaged. Nothing more was written to it; go back to a copy.", file=path.name
        ) from error
    except (apsw.IOError, apsw.CantOpenError, OSError) as error:
        raise SurveyError(
            "{file} cannot be read or written; the disk reports an error. Check the disk or the memory stick, and copy the file to another one.",
            file=path.name,
        ) from error


def back_up(connection: apsw.Connection, key: FileKey, target: Path) -> None:
    """Write everything that a connection sees to a new file with the same key."""
    create_file(target)
    try:
        copy = connect(target, key)
        try:
            with copy.backup("main", connection, "main") as work:
                work.step()
        finally:
            copy.close(True)
    except BaseException:
        remove_file(target)
        raise


def copy_whole(connection: apsw.Connection, key: FileKey, source: Path, target: Path) -> None:
    """Copy an open project; see :meth:`surveys.project.Project.copy_to`."""
    if target.exists() and target.samefile(source):
        raise SurveyError(
            "{file} is the project itself. Choose another name for the copy.", file=target.name
        )
    half = target.with_name(target.name + ".part")
    with said(target):
        lock = take_lock(target)
        try:
            remove_file(half)
            back_up(connection, key, half)
            # The log of a project that lay there must not be taken for that of the copy.
            for suffix in _BESIDE:
                target.with_name(target.name + suffix).unlink(missing_ok=True)
            half.replace(target)
        finally:
            remove_file(half)
            drop_lock(lock)
