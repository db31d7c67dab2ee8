"""The audit trail shows what was changed behind its back, and values can be erased from it."""

from __future__ import annotations

import pytest

from surveys import audit
from surveys.problems import SurveyError
from surveys.project import Project
from surveys.project import file as project_file
from tests.surveys.project_samples import PASSPHRASE, STUDY, small_instrument


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(project_file, "_ROUNDS", 10)
    path = tmp_path / "p.zhiyan"
    with Project.create(path, PASSPHRASE, STUDY, person="甲", device="laptop1") as project:
        project.save_instrument(small_instrument(), why="the first")
        project.record("exported", "answers", details={"rows": 12})
    with Project.open(path, PASSPHRASE, person="乙", device="laptop2") as project:
        project.record("exported", "answers", why="again", details={"secret": "七三五"})
        project.record("exported", "answers", why="and again")
    return path


def tampered(path, statement):
    with Project.open(path, PASSPHRASE, device="laptop1") as project:
        # The database keeps details of no event from being orphaned; a tamperer would not care.
        project._store.connection.pragma("foreign_keys", False)
        project._store.connection.execute(statement)
        return project.verify_audit()


def test_each_computer_has_its_own_chain_with_who_when_what_and_why(path):
    with Project.open(path, PASSPHRASE, device="laptop1") as project:
        events = list(project.audit())
        assert project.verify_audit() == []
    assert [(event.device, event.number) for event in events] == [
        ("laptop1", 1),
        ("laptop1", 2),
        ("laptop1", 3),
        ("laptop2", 1),
        ("laptop2", 2),
    ]
    assert events[0].previous == events[3].previous == b""
    assert events[2].previous == events[1].digest
    assert (events[1].person, events[1].action, events[1].why) == (
        "甲",
        "instrument saved",
        "the first",
    )
    assert events[2].details == {"rows": 12}
    assert all(event.at.endswith("+00:00") for event in events)


@pytest.mark.parametrize(
    "column", ["person", "at", "action", "subject", "why", "event", "values_digest", "previous"]
)
def test_any_changed_field_is_found(path, column):
    value = "x'00'" if column in {"values_digest", "previous"} else "'other'"
    problems = tampered(
        path, f"UPDATE audit SET {column} = {value} WHERE device = 'laptop1' AND number = 2"
    )
    assert problems
    assert all(problem.where.values["number"] in {2, 3} for problem in problems)


def test_changed_details_are_found(path):
    problems = tampered(path, "UPDATE audit_values SET payload = x'80' WHERE rowid = 3")
    assert [problem.code for problem in problems] == ["audit-event-changed"]


def test_a_missing_event_is_found(path):
    problems = tampered(path, "DELETE FROM audit WHERE device = 'laptop1' AND number = 2")
    assert [problem.code for problem in problems] == ["audit-chain-broken"]


def test_an_event_moved_to_another_chain_is_found(path):
    problems = tampered(
        path, "UPDATE audit SET device = 'laptop3' WHERE device = 'laptop2' AND number = 1"
    )
    assert {problem.code for problem in problems} == {"audit-chain-broken", "audit-event-changed"}


def test_erased_details_are_gone_the_event_stays_and_the_chain_holds(path):
    with Project.open(path, PASSPHRASE, device="laptop1") as project:
        event = next(e for e in project.audit() if e.details and "secret" in e.details)
        project.erase_audit_details(event.id, why="asked for it")
        assert project.verify_audit() == []
        after = {e.id: e for e in project.audit()}
        assert after[event.id].details is None
        assert after[event.id].digest == event.digest
        assert list(after.values())[-1].subject == event.id


def test_equal_details_have_different_digests(path):
    """Without the salt, a short answer could be guessed from its digest after it was erased."""
    with Project.open(path, PASSPHRASE, device="laptop1") as project:
        project.record("a", "b", details={"n": 1})
        project.record("a", "b", details={"n": 1})
        one, two = list(project.audit())[-2:]
    assert one.values_digest != two.values_digest


def test_details_are_not_printed_with_an_event(path):
    with Project.open(path, PASSPHRASE, device="laptop1") as project:
        assert "七三五" not in repr(list(project.audit()))


def test_recording_is_undone_with_what_it_records(path):
    with Project.open(path, PASSPHRASE, device="laptop1") as project:
        before = list(project.audit())
        with pytest.raises(SurveyError):
            project.remove_entries(["nobody"], why="x")
        assert list(project.audit()) == before


def test_the_device_is_random_kept_and_made_anew_if_it_is_spoilt(tmp_path):
    first = audit.this_device(tmp_path / "一" / "zhiyan")
    assert len(first) == 32
    assert audit.this_device(tmp_path / "一" / "zhiyan") == first
    assert audit.this_device(tmp_path / "二") != first
    place = tmp_path / "一" / "zhiyan" / "device"
    place.write_text("somebody's name", encoding="utf-8")
    second = audit.this_device(tmp_path / "一" / "zhiyan")
    assert len(second) == 32
    assert audit.this_device(tmp_path / "一" / "zhiyan") == second != first


def test_without_a_place_for_it_the_device_holds_for_one_opening(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    one, two = audit.this_device(blocked), audit.this_device(blocked)
    assert len(one) == len(two) == 32
    assert one != two
