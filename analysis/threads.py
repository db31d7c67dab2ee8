"""One thread for the linear algebra where the work is many small products.

Threads that wait for each other over small matrices cost several times what they save, most of all
on a laptop that is busy with something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit the linear algebra libraries to one thread inside the block."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    """Find the libraries once: looking for them takes longer than a small analysis."""
    # Loads the second of the two, so that it is found as well.
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()
