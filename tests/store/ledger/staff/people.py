"""A founded register for tests: two people with keys, passphrases and authenticators."""

from datetime import UTC, datetime, timedelta

import pyotp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.ledger.ledger import Ledger
from store.ledger.staff import factors, founding
from store.ledger.staff.changes import ChangeKind, propose, sign
from store.ledger.staff.factors import Credentials
from store.ledger.staff.register import Member, StaffState
from store.secrets.sealing import Sealing
from store.terms import Officer

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MANAGER, LEAD = "NS3001", "NS2001"
WORDS = "four unrelated words"
NO_HASH = "-"
SEALING = Sealing(b"11" * 32)
_SEEDS: dict[str, str] = {}


def seed_of(staff_id: str) -> str:
    """A seed that a test can make codes from."""
    return _SEEDS.setdefault(staff_id, pyotp.random_base32(32))


def code_of(staff_id: str, at: datetime) -> str:
    return pyotp.TOTP(seed_of(staff_id)).at(at)


def public_key() -> str:
    key = Ed25519PrivateKey.generate().public_key()
    openssh = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    return key.public_bytes(*openssh).decode()


def quick(staff_id: str) -> Credentials:
    """Credentials whose passphrase fits nothing: where only the register is looked at."""
    factor_id = f"totp-{staff_id}"
    sealed = SEALING.sealed(seed_of(staff_id), about=f"{staff_id} {factor_id}")
    return Credentials(passphrase=NO_HASH, factor_id=factor_id, seed=sealed, used=-1)


def member(staff_id: str, role: str, *, until_at: datetime | None = None) -> Member:
    return Member(
        officer=Officer(staff_id=staff_id, role=role, name=role.title()),
        state=StaffState.ACTIVE,
        training_until_at=until_at or NOW + timedelta(days=300),
    )


def founder(staff_id: str, role: str) -> founding.Founder:
    return founding.Founder(member(staff_id, role), quick(staff_id), public_key())


def found(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        founding.found(tx, founder(MANAGER, "AM"), founder(LEAD, "SL"), now=NOW)


def joined(ledger: Ledger, staff_id: str, role: str, *, now: datetime = NOW) -> None:
    """Bring somebody in as the house does: proposed, signed, and with credentials of their own."""
    until_at = (now + timedelta(days=300)).isoformat()
    wanted = {"role": role, "name": role.title(), "training_until_at": until_at}
    with ledger.transaction() as tx:
        proposed = propose(
            tx, ChangeKind.ENROL, staff_id=staff_id, wanted=wanted, by=MANAGER, now=now
        )
        word = sign(tx, proposed.change_no, by=LEAD, why="needed on shift B", now=now)
        factors.credentials_for(
            tx, staff_id, word=word, credentials=quick(staff_id), key=public_key(), now=now
        )
