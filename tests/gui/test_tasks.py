"""Work beside the window: results, progress, cancelling, errors, and no thread left."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.tasks import Tasks, Tick
from surveys.words import message

_TITLE = message("Analysing")


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_the_result_comes_back_in_the_thread_of_the_window(qtbot: QtBot, tasks: Tasks) -> None:
    here, threads, results = threading.get_ident(), [], []

    def work(_tick: Tick) -> int:
        threads.append(threading.get_ident())
        return 42

    def take(result: int) -> None:
        threads.append(threading.get_ident())
        results.append(result)

    with qtbot.waitSignal(tasks.start(_TITLE, work, done=take).ended):
        assert len(tasks.running) == 1
    assert results == [42]
    assert threads[0] != here
    assert threads[1] == here
    assert tasks.running == []


def test_a_cancelled_task_stops_at_its_next_tick(qtbot: QtBot, tasks: Tasks) -> None:
    going, stopped, outcomes = threading.Event(), threading.Event(), []

    def work(tick: Tick) -> None:
        going.set()
        stopped.wait(10)
        tick(0.5)
        outcomes.append("went on")

    task = tasks.start(_TITLE, work, done=outcomes.append, failed=outcomes.append)
    assert going.wait(10)
    with qtbot.waitSignals([task.cancelled, task.ended]):
        task.cancel()
        stopped.set()
    assert outcomes == []


def test_the_result_of_a_cancelled_task_is_thrown_away(qtbot: QtBot, tasks: Tasks) -> None:
    """Work that never ticks cannot be stopped, but what it returns is not used."""
    going, stopped, outcomes = threading.Event(), threading.Event(), []

    def work(_tick: Tick) -> str:
        going.set()
        stopped.wait(10)
        return "late"

    task = tasks.start(_TITLE, work, done=outcomes.append)
    assert going.wait(10)
    with qtbot.waitSignal(task.cancelled):
        task.cancel()
        stopped.set()
    assert outcomes == []


def test_an_error_without_a_taker_is_handed_on(qtbot: QtBot, tasks: Tasks) -> None:
    def work(_tick: Tick) -> None:
        raise ZeroDivisionError

    with qtbot.waitSignal(tasks.unhandled) as caught:
        tasks.start(_TITLE, work)
    assert isinstance(caught.args[0], ZeroDivisionError)


def test_progress_ends_at_one_and_does_not_flood(qtbot: QtBot, tasks: Tasks) -> None:
    """Ten thousand ticks make few reports, of which the last is whole."""
    shares: list[float] = []

    def work(tick: Tick) -> None:
        for step in range(10_000):
            tick(step / 10_000)
        tick(1.0)

    task = tasks.start(_TITLE, work)
    task.progress.connect(shares.append)
    with qtbot.waitSignal(task.ended):
        pass
    assert shares[-1] == 1.0
    assert len(shares) < 500
    assert shares == sorted(shares)


def test_drawing_has_one_thread(qtbot: QtBot, tasks: Tasks) -> None:
    """PDFium must not be entered by two threads at once."""
    inside, together = [], []

    def work(_tick: Tick) -> None:
        inside.append(1)
        together.append(len(inside))
        inside.pop()

    started = [tasks.start(None, work) for _ in range(20)]
    started.append(tasks.start(_TITLE, work, drawing=True))
    with qtbot.waitSignal(started[-1].ended):
        pass
    assert together == [1] * 21
