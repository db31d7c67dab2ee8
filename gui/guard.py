"""Keeps a mistake in a method that Qt calls from ending the program."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

_Method = TypeVar("_Method", bound=Callable[..., Any])


def guarded(otherwise: Any = None) -> Callable[[_Method], _Method]:
    """Hand an error in an overridden method of Qt to ``sys.excepthook``; return ``otherwise``.

    What such a method raises cannot travel through Qt, and ends the program with some releases of its
    bindings. Slots need no guard.
    """

    def decorate(method: _Method) -> _Method:
        @wraps(method)
        def called(*arguments: Any) -> Any:
            try:
                return method(*arguments)
            except Exception as error:  # its fate is decided by the hook
                sys.excepthook(type(error), error, error.__traceback__)
                return otherwise

        return called  # type: ignore[return-value]

    return decorate
