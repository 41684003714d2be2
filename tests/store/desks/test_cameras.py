"""Cameras and health, and who may know where a camera stands."""

from datetime import timedelta

import pytest

from store.desks import open_desks
from store.errors import RefusedError
from store.ledger import heartbeat
from tests.store.rig import INVESTIGATOR, NOON, OPERATOR, Rig


def test_an_operator_sees_where_cameras_stand(rig: Rig) -> None:
    cameras = rig.desks.cameras.cameras(OPERATOR, now=NOON)
    assert [(camera.camera_id, camera.latitude) for camera in cameras] == [
        ("NS-C01", 51.5),
        ("NS-C02", None),
    ]


def test_an_investigator_sees_names_and_no_positions(rig: Rig) -> None:
    cameras = rig.desks.cameras.cameras(INVESTIGATOR, now=NOON)
    assert [(camera.name, camera.latitude, camera.longitude) for camera in cameras] == [
        ("Ring Rd E", None, None),
        ("Moor Ln", None, None),
    ]


def test_a_suspended_officer_sees_no_cameras(rig: Rig) -> None:
    rig.enrol(OPERATOR, "suspended")
    with pytest.raises(RefusedError):
        rig.desks.cameras.cameras(OPERATOR, now=NOON)
    assert rig.kinds(by=OPERATOR.staff_id) == ["refused"]


def test_before_the_first_heartbeat_the_hub_says_that_nothing_has_started(rig: Rig) -> None:
    health = rig.desks.cameras.health(now=NOON + timedelta(seconds=30))
    assert (health.cluster, health.beat_at, health.cameras) == ("not started", NOON, 2)


def test_health_is_the_newest_heartbeat(rig: Rig) -> None:
    with rig.ledger.transaction() as tx:
        heartbeat.beat(tx, now=NOON, cluster="ok", cameras_up=2, reads=12, last_read_at=NOON)
    health = rig.desks.cameras.health(now=NOON)
    assert (health.cluster, health.cameras_up, health.reads) == ("ok", 2, 12)


def test_a_hub_says_whose_it_is_and_one_that_was_not_told_names_no_force(rig: Rig) -> None:
    assert rig.desks.cameras.health(now=NOON).force == ""
    told = open_desks(ledger=rig.ledger, archive=rig.archive, now=NOON, force="Southvale Police")
    assert told.cameras.health(now=NOON).force == "Southvale Police"
