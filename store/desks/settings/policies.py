"""The policy desk: a new version comes into force signed by one person and loaded by another (S-8).

The Strategic Lead signs the file with the key that signs them on, the cluster administrator loads
it. It decides from the next act on, and its loading is itself on record; one that is refused
changes nothing.
"""

import hashlib
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from store.door import Ask, Door
from store.errors import InputError, PolicyError, RefusedError
from store.governance.rulebook.decide import stand
from store.governance.rulebook.loading import carried, load
from store.governance.rulebook.nouns import Cell, Fact, Rulebook
from store.governance.rulebook.verdicts import Asked, Permit
from store.ledger import audit, staff
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.ledger.staff import Member, training
from store.secrets.sshsig import fingerprint_of_signer
from store.terms import Officer

__all__ = ["NAMESPACE", "PoliciesDesk", "open_policies_desk"]

NAMESPACE = "anpr-policy"
"""What a policy is signed for: `ssh-keygen -Y sign -n anpr-policy`."""

_ROW = "retention_policy_settings"


class PoliciesDesk:
    """Brings a signed policy into force."""

    def __init__(self, *, door: Door, ledger: Ledger) -> None:
        """Stands between the door and the ledger's policies."""
        self._door = door
        self._ledger = ledger

    def in_force(self) -> Rulebook:
        """Gives the policy that decides now; it is no secret."""
        with self._ledger.reading() as db:
            return policies.in_force(db)

    def load(
        self, officer: Officer, *, text: bytes, signature: str, why: str, now: datetime
    ) -> Rulebook:
        """Brings a policy into force for whatever is decided next.

        Args:
            officer: Who loads it; somebody else than who signed it.
            text: The policy file.
            signature: What `ssh-keygen -Y sign -n anpr-policy` made of it.
            why: What it changes, for the record.
            now: When.

        Raises:
            PolicyError: It is no policy, or bears the version of another one; recorded.
            RefusedError: The policy in force says no, or the signature is nobody's who may sign;
                recorded, nothing was changed.
            AuditUnavailableError: It could not be written down; nothing was changed.
        """
        sha256 = hashlib.sha256(text).hexdigest()
        try:
            key = fingerprint_of_signer(signature, message=text, namespace=NAMESPACE)
        except InputError:
            key = ""

        def signed(db: sqlite3.Connection) -> Mapping[str, Fact]:
            signer = _signer(db, key)
            may = signer is not None and _may_sign(db, signer, now=now)
            return {"signed_by_strategic_lead": may}

        def make(tx: Transaction) -> Rulebook:
            signer, before = _signer(tx, key), policies.in_force(tx)
            if signer is None or signer.officer.staff_id == officer.staff_id:
                raise RefusedError(before.say("self_authorisation"), reason="self_authorisation")
            book = _read(text)
            _demand_new(tx, book)
            policies.put(
                tx,
                book,
                text=text.decode(),
                sha256=sha256,
                signature=signature.encode(),
                by=officer.staff_id,
                now=now,
            )
            about = {
                "version": book.version,
                "before": before.version,
                "sha256": sha256,
                "signed_by": signer.officer.staff_id,
                "key": key,
                "why": why,
            }
            audit.append(tx, "policy loaded", by=officer.staff_id, now=now, about=about)
            return book

        about = {"what": "policy", "sha256": sha256, "key": key}
        ask = Ask(by=officer, capability=_ROW, now=now, about=about, looked_up=signed)
        return self._door.change(ask, make=make).result


def open_policies_desk(ledger: Ledger) -> PoliciesDesk:
    """Sets the desk up behind a door of its own, for whoever sits at the hub's own machine."""
    return PoliciesDesk(door=Door(ledger), ledger=ledger)


def _read(text: bytes) -> Rulebook:
    try:
        return load(text.decode())
    except UnicodeDecodeError as error:
        raise PolicyError(
            "policy not loaded: it is no text in UTF-8; save it as such, sign it and load it again"
        ) from error


def _demand_new(db: sqlite3.Connection, book: Rulebook) -> None:
    if book.version == carried().version or policies.known_as(db, book.version) is not None:
        raise PolicyError(
            f"policy not loaded: version {book.version} was in force here before; a record that "
            "names a version must mean one text, so give it a version of its own and sign it again"
        )


def _signer(db: sqlite3.Connection, key: str) -> Member | None:
    """Find whose key made the signature."""
    return next((one for one in staff.every(db) if key and one.key_fingerprint == key), None)


def _may_sign(db: sqlite3.Connection, member: Member, *, now: datetime) -> bool:
    """Whether the policy in force lets this member sign the one that follows it."""
    book = policies.in_force(db)
    asked = Asked(
        role=member.officer.role,
        capability=_ROW,
        action="read",
        facts={"also_holds": member.also_holds} if member.also_holds else {},
        training=training(member, now=now),
        role_state=member.role_state,
        staff_state=member.state,
    )
    signs = book.cell(_ROW, role=member.officer.role) is Cell.SIGN
    return signs and isinstance(stand(asked, book=book), Permit)
