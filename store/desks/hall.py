"""All the desks of a hub, side by side."""

from dataclasses import dataclass
from datetime import datetime

from store.archive.search import Archive
from store.desks.alarms import AlarmsDesk
from store.desks.cameras import CamerasDesk
from store.desks.searches import SearchesDesk
from store.desks.staff import StaffDesk
from store.door import Door
from store.ledger.ledger import Ledger

__all__ = ["Desks", "open_desks"]


@dataclass(frozen=True, slots=True)
class Desks:
    """The desks; threads may share them.

    Attributes:
        staff: Signing on.
        alarms: The board and the answers.
        searches: Recorded reads.
        cameras: Cameras and health.
    """

    staff: StaffDesk
    alarms: AlarmsDesk
    searches: SearchesDesk
    cameras: CamerasDesk


def open_desks(
    *, ledger: Ledger, archive: Archive, now: datetime, demonstration: bool = False
) -> Desks:
    """Sets the desks up behind one door.

    Args:
        ledger: Register, alarms, audit chain.
        archive: Recorded reads.
        now: When the hub opens.
        demonstration: True where the footage is rendered and the force fictional.
    """
    door = Door(ledger)
    return Desks(
        staff=StaffDesk(door=door, ledger=ledger),
        alarms=AlarmsDesk(door=door, ledger=ledger, archive=archive),
        searches=SearchesDesk(door=door, ledger=ledger, archive=archive),
        cameras=CamerasDesk(door=door, ledger=ledger, opened_at=now, demonstration=demonstration),
    )
