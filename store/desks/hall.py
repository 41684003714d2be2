"""All the desks of a hub, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.archive.search import Archive
from store.desks.access import AccessDesk, UrgentDesk
from store.desks.alarms import AlarmsDesk
from store.desks.audit import AuditDesk
from store.desks.cameras import CamerasDesk
from store.desks.exports import ExportsDesk
from store.desks.keeping.weeding import WeedingDesk
from store.desks.people.identity import Identity
from store.desks.people.register import RegisterDesk
from store.desks.people.staff import StaffDesk
from store.desks.searches import SearchesDesk
from store.door import Door
from store.ledger.ledger import Ledger
from store.secrets.sealing import Sealing

__all__ = ["Desks", "open_desks"]


@dataclass(frozen=True, slots=True)
class Desks:
    """The desks; threads may share them.

    Attributes:
        staff: Signing on.
        alarms: The board and the answers.
        searches: Recorded reads.
        cameras: Cameras and health.
        register: Who joins, as what, and who signs it.
        audit: Samples, reviews, flags, and everybody's own record.
        exports: The audit, handed out.
        access: Requests for authority, and the grants they give.
        urgent: A look in a threat to life, and the authority owed for it.
        identity: Who somebody is, proved again.
        weeding: What is due, and weeding now.
    """

    staff: StaffDesk
    alarms: AlarmsDesk
    searches: SearchesDesk
    cameras: CamerasDesk
    register: RegisterDesk
    audit: AuditDesk
    exports: ExportsDesk
    access: AccessDesk
    urgent: UrgentDesk
    identity: Identity
    weeding: WeedingDesk


def open_desks(
    *,
    ledger: Ledger,
    archive: Archive,
    now: datetime,
    demonstration: bool = False,
    force: str = "",
    witness: Path | None = None,
    sealing: Callable[[], Sealing] | None = None,
) -> Desks:
    """Sets the desks up behind one door.

    Args:
        ledger: Register, alarms, audit chain.
        archive: Recorded reads.
        now: When the hub opens.
        demonstration: True where the footage is rendered and the force fictional.
        force: Whose hub it is, as the first line of every screen says it.
        witness: File outside that the hub's checkpoints are written to as well.
        sealing: Opens the seeds of second factors; without it nobody can prove who they are.
    """
    door = Door(ledger)
    searches = SearchesDesk(door=door, ledger=ledger, archive=archive)
    return Desks(
        staff=StaffDesk(door=door, ledger=ledger),
        alarms=AlarmsDesk(door=door, ledger=ledger, archive=archive),
        searches=searches,
        cameras=CamerasDesk(
            door=door, ledger=ledger, opened_at=now, demonstration=demonstration, force=force
        ),
        register=RegisterDesk(door=door, ledger=ledger),
        audit=AuditDesk(door=door, ledger=ledger, witness=witness),
        exports=ExportsDesk(door=door, state=ledger.path.parents[1]),
        access=AccessDesk(door=door, ledger=ledger, archive=archive, searches=searches),
        urgent=UrgentDesk(door=door, ledger=ledger),
        identity=Identity(ledger=ledger, sealing=sealing),
        weeding=WeedingDesk(door=door, ledger=ledger, archive=archive),
    )
