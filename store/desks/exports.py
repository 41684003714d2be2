"""The desk of exports: the audit is handed out by a named person, on a ground, to a named body.

The data of another force goes to that force alone (S-64), the whole to those who oversee (S-65).
"""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from store.audit.exporting import Export, export, recipient_of, withdraw
from store.audit.reading import ledger_of, opened
from store.desks.people.identity import proof_age
from store.door import Ask, Door, Shown
from store.governance.access.requests import Proof
from store.ledger.ledger import Ledger
from store.terms import Ground, Officer

__all__ = ["ExportsDesk", "open_exports"]


class ExportsDesk:
    """What an auditor or a Data Protection Officer hands out."""

    def __init__(self, *, door: Door, state: Path) -> None:
        """Stands between the door and the audit of a state folder."""
        self._door = door
        self._state = state

    def export(
        self,
        officer: Officer,
        recipient: str,
        ground: Ground,
        *,
        proof: Proof,
        now: datetime,
        out: Path | None = None,
    ) -> Export:
        """Writes the audit for somebody into a folder.

        Args:
            officer: Who hands it out.
            recipient: "ico", "commissioner", "home-office" or "controller:XX".
            ground: Why.
            proof: That it is them.
            now: When.
            out: A folder that is not there yet, or is empty; by default one of the hub's own.

        Raises:
            InputError: The recipient is nobody we know, or the folder is not empty.
            RefusedError: The policy says no, or the proof is old; recorded.
            UnavailableError: There is no ledger, or the folder cannot be written; recorded.
            AuditUnavailableError: It could not be written down; nothing is handed out.
        """
        title, controller = recipient_of(recipient)
        with opened(ledger_of(self._state)):
            pass  # opening it to write would make a ledger where there is none
        name = f"{now:%Y%m%dT%H%M%SZ}-{recipient.replace(':', '-')}"
        folder = out or self._state / "exports" / name
        whose = controller or "all"
        ask = Ask(
            by=officer,
            capability="export_for_controller",
            now=now,
            about={"what": "export", "for": title, "folder": folder.name},
            facts={
                **proof_age(proof, officer, now=now),
                "controller": whose,
                "records_of": whose,  # the export itself withholds what names another
            },
            ground=ground,
        )

        def find(_: object) -> Shown[Export]:
            done = export(self._state, recipient=recipient, out=folder, now=now)
            undo.callback(withdraw, folder)
            digest = {"manifest_sha256": done.manifest_sha256}
            return Shown(done, ids=(done.manifest_sha256,), rests_on=digest)

        # the files are there before the record of them: where it cannot be written, they go again
        with ExitStack() as undo:
            done = self._door.look(ask, find=find).result
            undo.pop_all()
        return done


def open_exports(ledger: Ledger) -> ExportsDesk:
    """Sets up the desk alone, beside a hub that runs or does not."""
    return ExportsDesk(door=Door(ledger), state=ledger.path.parents[1])
