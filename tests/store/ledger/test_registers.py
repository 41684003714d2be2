"""Staff, cameras and the heartbeat: small registers, each change of which is audited."""

from datetime import timedelta

import pytest

from store.errors import InputError
from store.ledger import audit, cameras, heartbeat, lists, staff
from store.ledger.ledger import Ledger
from store.ledger.lists import Arrival
from store.ledger.staff import StaffState
from store.terms import Camera, Health, Officer
from tests.store.examples import NOW, a_camera, an_entry

OFFICER = Officer(staff_id="NS4021", role="OP", name="J. Doe")


def test_an_enrolled_officer_is_on_the_register(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        member = staff.enrol(tx, OFFICER, now=NOW, by="NS1010")
        body = audit.body_of(audit.tail(tx, count=1)[0])
    with ledger.reading() as db:
        assert staff.by_id(db, "NS4021") == member
        assert (member.officer, member.state) == (OFFICER, StaffState.ACTIVE)
        assert staff.by_id(db, "NS4022") is None
    assert body is not None
    assert (body["kind"], body["by"]) == ("staff enrolled", "NS1010")


def test_a_change_of_role_or_state_replaces_the_line(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        staff.enrol(tx, OFFICER, now=NOW)
        moved = Officer(staff_id="NS4021", role="RES", name="J. Doe")
        staff.enrol(tx, moved, now=NOW, state=StaffState.SUSPENDED)
    with ledger.reading() as db:
        only = staff.by_id(db, "NS4021")
    assert only is not None
    assert (only.officer.role, only.state) == ("RES", StaffState.SUSPENDED)


@pytest.mark.parametrize("staff_id", ["", "4021", "ns4021", "NS4021 ", "NS1", "NS'; --"])
def test_a_staff_number_of_another_form_is_refused(ledger: Ledger, staff_id: str) -> None:
    with pytest.raises(InputError), ledger.transaction() as tx:
        staff.enrol(tx, Officer(staff_id=staff_id, role="OP"), now=NOW)


@pytest.mark.parametrize("role", ["", "op", "ROOT", "XYZ"])
def test_a_role_the_policy_does_not_know_is_refused(ledger: Ledger, role: str) -> None:
    with pytest.raises(InputError), ledger.transaction() as tx:
        staff.enrol(tx, Officer(staff_id="NS4021", role=role), now=NOW)


def test_cameras_are_registered_once_and_audited_when_they_change(ledger: Ledger) -> None:
    one, two = a_camera("NS-C01"), a_camera("NS-C02")
    with ledger.transaction() as tx:
        cameras.register(tx, [two, one], now=NOW)
        cameras.register(tx, [one], now=NOW)
        assert audit.last_seq(tx) == 1
    moved = Camera("NS-C02", "Quarry Hill", "NS", 55.1, 0.9, "redeployable")
    with ledger.transaction() as tx:
        cameras.register(tx, [one, moved], now=NOW)
        body = audit.body_of(audit.tail(tx, count=1)[0])
    with ledger.reading() as db:
        assert cameras.every(db) == (one, moved)
        assert cameras.by_id(db, "NS-C02") == moved
        assert cameras.by_id(db, "NS-C03") is None
    assert body is not None
    assert body["about"] == {"cameras": ["NS-C02"]}


@pytest.mark.parametrize("camera_id", ["", "ns-c01", "NS C01", "N" * 33, "../x"])
def test_a_camera_id_of_another_form_is_refused(ledger: Ledger, camera_id: str) -> None:
    with pytest.raises(InputError), ledger.transaction() as tx:
        cameras.register(tx, [a_camera(camera_id)], now=NOW)


def test_health_is_unknown_before_the_first_beat(ledger: Ledger) -> None:
    with ledger.reading() as db:
        assert heartbeat.health(db, now=NOW) is None


def test_health_counts_cameras_and_the_entries_in_force(ledger: Ledger) -> None:
    weeded = an_entry("old", weeds_at=NOW)
    with ledger.transaction() as tx:
        cameras.register(tx, [a_camera("NS-C01"), a_camera("NS-C02")], now=NOW)
        lists.replace(
            tx, Arrival("local", "f.csv", ""), entries=[an_entry(), weeded], rows=(), now=NOW
        )
        beat = {"cluster": "ok", "cameras_up": 1, "reads": 7, "last_read_at": NOW}
        heartbeat.beat(tx, now=NOW, **beat)
        heartbeat.beat(tx, now=NOW + timedelta(seconds=1), **beat)
    with ledger.reading() as db:
        health = heartbeat.health(db, now=NOW, demonstration=True)
    assert health == Health(
        beat_at=NOW + timedelta(seconds=1),
        cameras_up=1,
        cameras=2,
        list_loaded_at=NOW,
        entries=1,
        last_read_at=NOW,
        reads=7,
        cluster="ok",
        demonstration=True,
    )
