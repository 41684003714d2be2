"""Fictional reads, entries and officers that the tests of the store share."""

from datetime import UTC, datetime, timedelta

from store.terms import Action, Camera, Priority, Read, VehicleOfInterest
from store.vrm import fold

NOW = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


def a_read(
    read_id: str,
    *,
    vrm: str = "TX26KLM",
    camera_id: str = "NS-C01",
    captured_at: datetime = NOW,
    confidence: float = 0.97,
) -> Read:
    return Read(
        read_id=read_id,
        camera_id=camera_id,
        controller="NS",
        captured_at=captured_at,
        vrm_raw=vrm,
        vrm=vrm,
        fold=fold(vrm),
        confidence=confidence,
    )


def an_entry(
    entry_id: str = "26/000001T",
    *,
    vrm: str = "TX26KLM",
    priority: Priority = Priority.MEDIUM,
    action: Action = Action.STOP,
    list_name: str = "PNC",
    weeds_at: datetime = NOW + timedelta(days=30),
) -> VehicleOfInterest:
    return VehicleOfInterest(
        entry_id=entry_id,
        list_name=list_name,
        vrm=vrm,
        fold=fold(vrm),
        priority=priority,
        action=action,
        reason="M01 Wanted person",
        markers="",
        make="FORD",
        model="FOCUS",
        colour="BLUE",
        instructions="Stop and check",
        force_area="NS COAST",
        weeds_at=weeds_at,
    )


def a_camera(camera_id: str = "NS-C01", *, name: str = "Harbour Road") -> Camera:
    return Camera(camera_id=camera_id, name=name, controller="NS")
