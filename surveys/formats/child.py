"""Reading foreign binary files in a process of their own, with limits on time and memory.

A damaged or hostile file then takes down the child and not the program. The file's bytes go in and
the table comes out through pipes, so that nothing is written to disk, and what comes out is decoded
as plain data of a known type.

Memory is limited by the operating system on Linux (address space) and Windows (a job object). macOS
offers no such limit: there the size of the file, the number of its cells and the time are what
bounds the child.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from surveys.formats.table import RawTable, Source
from surveys.problems import Problem, SurveyError
from surveys.words import Message, as_message

TIME_LIMIT = 180.0
"""Seconds after which the child is ended."""

MEMORY_LIMIT = 4 * 2**30
"""Bytes the child may use."""

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from surveys.formats import child; child.serve()"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: facts about the file and the reader's options; the bytes follow."""

    source: Source
    encoding: str | None = None
    sheet: str | None = None
    memory_limit: int = MEMORY_LIMIT


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it: a table, or the sentence and the problems of an error."""

    table: RawTable | None = None
    sentence: Message | None = None
    problems: tuple[Problem, ...] = ()


def read_in_child(data: bytes, request: Request, *, time_limit: float = TIME_LIMIT) -> RawTable:
    """Read a binary file in a child process.

    Parameters
    ----------
    data
        The whole file.
    request
        Its format and the reader's options.
    time_limit
        Seconds after which the child is ended.

    Raises
    ------
    SurveyError
        The reader's own error, or one that says that the limits were reached or the child broke.
    """
    head = msgspec.msgpack.encode(request)
    root = Path(__file__).resolve().parents[2]
    command = [_python(), "-P", "-X", "utf8", "-c", _START, str(root)]
    flags = 0x08000000 if sys.platform == "win32" else 0  # CREATE_NO_WINDOW
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and code, no shell
            command,
            input=len(head).to_bytes(4, "big") + head + data,
            capture_output=True,
            timeout=time_limit,
            creationflags=flags,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SurveyError(
            "Reading {file} took longer than {seconds} seconds and was stopped. Save the table as CSV and import that.",
            file=request.source.name,
            seconds=int(time_limit),
        ) from error
    if done.returncode != 0:
        raise SurveyError(
            "{file} could not be read: the reader stopped before the end, because the file is damaged or needs more memory than allowed. Save the table as CSV and import that.",
            file=request.source.name,
        )
    reply = msgspec.msgpack.decode(done.stdout, type=Reply, dec_hook=_decode_array)
    if reply.table is None:
        sentence = reply.sentence or Message("")
        raise SurveyError(sentence.text, problems=reply.problems, **sentence.values)
    return reply.table


def _python() -> str:
    """Return the interpreter; the one with standard streams where the program runs without."""
    interpreter = Path(sys.executable)
    plain = interpreter.with_name("python.exe")
    if interpreter.name.lower() == "pythonw.exe" and plain.exists():
        return str(plain)
    return str(interpreter)


def serve() -> None:
    """Answer one request on the standard streams; runs in the child."""
    # A library that prints must not get between the bytes of the reply.
    out = os.dup(1)
    os.dup2(2, 1)
    data = sys.stdin.buffer.read()
    size = int.from_bytes(data[:4], "big")
    request = msgspec.msgpack.decode(data[4 : 4 + size], type=Request)
    limit_memory(request.memory_limit)
    try:
        reply = Reply(table=_read(data[4 + size :], request))
    except SurveyError as error:
        reply = Reply(sentence=as_message(error), problems=error.problems)
    with os.fdopen(out, "wb") as stream:
        stream.write(msgspec.msgpack.encode(reply, enc_hook=_encode_array))


def _read(data: bytes, request: Request) -> RawTable:
    if request.source.format == "sav":
        from surveys.formats.sav import read_sav

        return read_sav(data, request.source, encoding=request.encoding)
    from surveys.formats.xlsx import read_spreadsheet

    return read_spreadsheet(data, request.source, sheet=request.sheet)


def limit_memory(limit: int) -> None:
    """Forbid this process to use more than ``limit`` bytes, where the system can."""
    if sys.platform == "win32":
        from surveys.formats.windows import limit_memory_by_job

        limit_memory_by_job(limit)
    elif sys.platform.startswith("linux"):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _encode_array(value: object) -> bytes:
    if isinstance(value, np.ndarray) and value.dtype == np.int32:
        return value.tobytes()
    raise TypeError(f"cannot send {type(value).__name__}")


def _decode_array(kind: type, value: Any) -> np.ndarray[Any, np.dtype[np.int32]]:
    if isinstance(value, bytes):
        return np.frombuffer(value, dtype=np.int32)
    raise TypeError(f"cannot receive {kind}")
