"""The camera desk: which cameras there are, and how alive the hub is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from store.door import SEE, STANDING, Ask, Door, Shown, behind_audit_s
from store.governance.rulebook.verdicts import Permit, Refuse, Verdict
from store.ledger import cameras, heartbeat
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.terms import Camera, Health, Officer

__all__ = ["CamerasDesk"]


class CamerasDesk:
    """Shows cameras, which is audited, and health, which tells nothing of anybody."""

    def __init__(
        self,
        *,
        door: Door,
        ledger: Ledger,
        opened_at: datetime,
        demonstration: bool,
        force: str = "",
    ) -> None:
        """Stands between the door and the register of cameras.

        Args:
            door: The door.
            ledger: Where cameras and heartbeats are.
            opened_at: When the hub opened; its age shows until the first heartbeat.
            demonstration: True where the footage is rendered and the force fictional.
            force: Whose hub it is; empty where nobody said.
        """
        self._door = door
        self._ledger = ledger
        self._opened_at = opened_at
        self._demonstration = demonstration
        self._force = force

    def cameras(self, officer: Officer, *, now: datetime) -> tuple[Camera, ...]:
        """Lists the cameras by id; where they stand is for those who may know it (S-41, S-68).

        A role that the matrix gives no precise locations sees ids; one that has them only under a
        condition (a case, its own console's map) sees the places' names without positions.

        Raises:
            RefusedError: The officer is not in good standing.
            AuditUnavailableError: The look could not be written down.
        """
        ask = Ask(by=officer, capability=STANDING, now=now, about={"what": "cameras"})
        precise = replace(
            ask,
            capability="camera_locations_precise",
            action=SEE,
            facts={"own_console_map": True},  # what an operator's console shows is its own map
        )
        told = _told(self._door.verdict(precise))

        def find(_: Permit) -> Shown[tuple[Camera, ...]]:
            with self._ledger.reading() as db:
                known = tuple(map(told, cameras.every(db)))
            return Shown(
                known,
                ids=tuple(camera.camera_id for camera in known),
                controllers=frozenset(camera.controller for camera in known),
            )

        return self._door.look(ask, find=find).result

    def health(self, *, now: datetime) -> Health:
        """Says how alive the hub is; told to whoever is connected."""
        with self._ledger.reading() as db:
            known = heartbeat.health(db, now=now, demonstration=self._demonstration)
            known = known or Health(
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
            book = policies.in_force(db)
            if behind_audit_s(db, now=now) > book.grants.clock_behind_audit_s:
                known = replace(known, cluster="clock behind audit: no authority counts")
        known = replace(known, force=self._force)
        if self._demonstration:
            return known  # nobody is locked out of a demonstration by reading the page beside it
        return replace(known, lock_s=book.figures.console.idle_lock_s)


def _told(verdict: Verdict) -> Callable[[Camera], Camera]:
    """Say how much of a camera somebody is told who may know this much of where it stands."""
    match verdict:
        case Permit(view="ids_only"):
            return _as_id
        case Permit():
            return _whole
        case Refuse(code=code) if code.startswith("condition_not_met"):
            return _as_place
        case _:
            return _as_id


def _whole(camera: Camera) -> Camera:
    return camera


def _as_place(camera: Camera) -> Camera:
    return replace(camera, latitude=None, longitude=None)


def _as_id(camera: Camera) -> Camera:
    return replace(_as_place(camera), name=camera.camera_id)
