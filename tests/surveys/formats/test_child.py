"""The child process: its limits and what it may send back."""

import ctypes
import sys

import msgspec
import pytest

from surveys.formats.child import Reply, Request
from surveys.formats.table import Source, cell_text, number_text
from surveys.formats.windows import _ExtendedLimits, limit_memory_by_job


def test_job_limits_have_the_layout_windows_expects():
    """A wrong layout would set no limit, or a random one."""
    if ctypes.sizeof(ctypes.c_void_p) == 8:
        assert ctypes.sizeof(_ExtendedLimits) == 144
        assert _ExtendedLimits.process_memory.offset == 112


@pytest.mark.skipif(sys.platform == "win32", reason="there it works")
def test_job_limits_are_for_windows():
    """Called elsewhere by mistake, it does not pretend to have set a limit."""
    with pytest.raises(OSError, match="Windows"):
        limit_memory_by_job(2**30)


def test_replies_of_another_shape_are_refused():
    """What comes out of the child is decoded as one known type and nothing else."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode({"table": {"columns": 1}}), type=Reply)


def test_requests_survive_the_pipe():
    """The child gets the options that the caller gave."""
    request = Request(Source("数据.sav", "sav", "0" * 64), encoding="gb18030", sheet="表")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(request), type=Request) == request


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (-99.0, "-99"), (0.1, "0.1"), (1e300, "1e+300"), (2, "2"), (10**20, str(10**20))],
)
def test_numbers_become_the_shortest_text(number, text):
    """Whole numbers lose the point that binary formats give them."""
    assert number_text(number) == text
    assert float(text) == number
    assert cell_text(number) == text


def test_not_a_number_is_nothing():
    """System-missing values of statistics programs are empty cells."""
    assert cell_text(float("nan")) == cell_text(None) == ""
