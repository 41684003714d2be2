"""The desk of vehicles of staff and their households: who looks for one is flagged (S-62).

Everybody tells of their own; the ANPR Manager may do it for them. The auditor and the Data
Protection Officer see the register, the manager sees how many each has, everybody else sees their
own. It is kept as the keys that marks are compared by, and no screen shows it.
"""

from datetime import datetime
from typing import Final

from store.desks.people.identity import proof_age
from store.door import SEE, Ask, Door, Shown
from store.governance.access.requests import Proof
from store.governance.rulebook.verdicts import Permit
from store.ledger.ledger import Ledger
from store.ledger.rules import vehicles
from store.ledger.rules.vehicles import KeptVehicle
from store.terms import Officer

__all__ = ["VehiclesDesk", "open_vehicles"]

_ROW: Final = "staff_vehicles"


class VehiclesDesk:
    """What staff tell of their own vehicles, and who may see it."""

    def __init__(self, *, door: Door, ledger: Ledger) -> None:
        """Stands between the door and the register of vehicles."""
        self._door = door
        self._ledger = ledger

    def add(
        self,
        officer: Officer,
        staff_id: str,
        vrm: str,
        *,
        relation: str,
        proof: Proof,
        now: datetime,
    ) -> None:
        """Puts a vehicle under a member of staff.

        Args:
            officer: Who acts; for another only who keeps this register.
            staff_id: Whose it is.
            vrm: Its mark, in full.
            relation: Own or household.
            proof: That it is them.
            now: When.

        Raises:
            InputError: It is no mark, no such relation, or nobody of that number is there.
            RefusedError: Another's, and this role does not keep them; recorded.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._ask(officer, staff_id, what="add", proof=proof, now=now)
        self._door.change(
            ask,
            make=lambda tx: vehicles.keep(
                tx, staff_id, vrm, relation=relation, by=officer.staff_id, now=now
            ),
        )

    def remove(
        self, officer: Officer, staff_id: str, vrm: str, *, proof: Proof, now: datetime
    ) -> None:
        """Takes a vehicle from a member of staff; raises as `add` does."""
        ask = self._ask(officer, staff_id, what="remove", proof=proof, now=now)
        self._door.change(
            ask, make=lambda tx: vehicles.remove(tx, staff_id, vrm, by=officer.staff_id, now=now)
        )

    def every(
        self, officer: Officer, *, staff_id: str = "", proof: Proof, now: datetime
    ) -> tuple[KeptVehicle, ...]:
        """Shows the register, or the vehicles of one member of staff.

        Marks that an officer may only count come without their key.

        Raises:
            RefusedError: More than their own, and this role does not see it; recorded.
            AuditUnavailableError: The look could not be written down.
        """

        def find(permit: Permit) -> Shown[tuple[KeptVehicle, ...]]:
            with self._ledger.reading() as db:
                found = vehicles.every(db, staff_id=staff_id)
            if permit.view == "counts_only" and staff_id != officer.staff_id:
                found = tuple(KeptVehicle(one.staff_id, "", one.relation) for one in found)
            return Shown(found, ids=tuple(f"{one.staff_id} {one.relation}" for one in found))

        ask = self._ask(officer, staff_id, what="list", proof=proof, now=now)
        return self._door.look(ask, find=find).result

    @staticmethod
    def _ask(officer: Officer, staff_id: str, *, what: str, proof: Proof, now: datetime) -> Ask:
        own = staff_id == officer.staff_id
        return Ask(
            by=officer,
            capability=_ROW,
            action=SEE if own or what == "list" else "do",
            now=now,
            about={"what": f"{what} vehicle of staff", "staff_id": staff_id},
            facts={"own": own, **proof_age(proof, officer, now=now)},
        )


def open_vehicles(ledger: Ledger) -> VehiclesDesk:
    """Sets up the desk alone, beside a hub that runs or does not."""
    return VehiclesDesk(door=Door(ledger), ledger=ledger)
