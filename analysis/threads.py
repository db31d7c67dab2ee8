"""One thread for the linear algebra where the work is many small products.

Threads that wait for each other over small matrices cost several times what they save, most of all
on a laptop that is busy with something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit the linear algebra library to one thread inside the block."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield
