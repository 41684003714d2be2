"""The camera desk: which cameras there are, and how alive the hub is."""

from dataclasses import replace
from datetime import datetime

from store.door import Ask, Door, Shown
from store.governance.decisions import Act, Permit
from store.ledger import cameras, heartbeat
from store.ledger.ledger import Ledger
from store.terms import Camera, Health, Officer

__all__ = ["CamerasDesk"]


class CamerasDesk:
    """Shows cameras, which is audited, and health, which tells nothing of anybody."""

    def __init__(
        self, *, door: Door, ledger: Ledger, opened_at: datetime, demonstration: bool
    ) -> None:
        """Stands between the door and the register of cameras.

        Args:
            door: The door.
            ledger: Where cameras and heartbeats are.
            opened_at: When the hub opened; its age shows until the first heartbeat.
            demonstration: True where the footage is rendered and the force fictional.
        """
        self._door = door
        self._ledger = ledger
        self._opened_at = opened_at
        self._demonstration = demonstration

    def cameras(self, officer: Officer, *, now: datetime) -> tuple[Camera, ...]:
        """Lists the cameras by id; positions only for those who watch alarms (S-41, S-68).

        Raises:
            RefusedError: The officer is not active.
            AuditUnavailableError: The look could not be written down.
        """
        ask = Ask(by=officer, act=Act.SEE_HEALTH, now=now, about={"what": "cameras"})
        watches = isinstance(self._door.verdict(replace(ask, act=Act.SEE_ALARMS)), Permit)

        def find(_: Permit) -> Shown[tuple[Camera, ...]]:
            with self._ledger.reading() as db:
                every = cameras.every(db)
            known = every if watches else tuple(map(_without_position, every))
            return Shown(known, ids=tuple(camera.camera_id for camera in known))

        return self._door.look(ask, find=find).result

    def health(self, *, now: datetime) -> Health:
        """Says how alive the hub is; told to whoever is connected."""
        with self._ledger.reading() as db:
            known = heartbeat.health(db, now=now, demonstration=self._demonstration)
            if known is not None:
                return known
            return Health(
                beat_at=self._opened_at,
                cameras_up=0,
                cameras=len(cameras.every(db)),
                list_loaded_at=None,
                entries=0,
                last_read_at=None,
                reads=0,
                cluster="not started",
                demonstration=self._demonstration,
            )


def _without_position(camera: Camera) -> Camera:
    return replace(camera, latitude=None, longitude=None)
