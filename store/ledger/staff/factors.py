"""How members of staff prove who they are: a passphrase and a second factor.

An attempt is counted before it is looked at, in a transaction of its own: whoever tries twice at
once, or takes the power away, gains no attempt by it. The half minute of a code that was taken is
written down too, so that no code counts twice, not even after a restart.
"""

import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.errors import InputError, RefusedError
from store.governance.access.requests import Proof
from store.governance.staffing.codes import ATTEMPTS, accepted_step
from store.governance.staffing.keys import key_of
from store.ledger import audit
from store.ledger.instants import from_us
from store.ledger.ledger import Ledger, Transaction
from store.secrets.passphrases import fits, hashed
from store.secrets.sealing import Sealing

__all__ = [
    "Credentials",
    "credentials_for",
    "hold_key",
    "keep",
    "made",
    "prove",
    "unlock",
    "word_digest",
]

_WORD_LIVES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the register keeps of how somebody proves who they are.

    Attributes:
        passphrase: Hashed.
        factor_id: Identity of the second factor; says nothing of its seed.
        seed: Sealed for the staff number and the factor.
        used: The half minute of the code that was typed when they were made.
    """

    passphrase: str
    factor_id: str
    seed: bytes
    used: int


def made(
    staff_id: str, *, passphrase: str, seed: str, code: str, sealing: Sealing, now: datetime
) -> Credentials:
    """Make credentials out of what a person typed.

    Args:
        staff_id: Whose.
        passphrase: As typed.
        seed: The seed that their authenticator took.
        code: What it shows: proof that it took the seed.
        sealing: Seals the seed.
        now: When.

    Raises:
        InputError: The passphrase is too short.
        RefusedError: The code is not of this seed.
    """
    step = accepted_step(code, seed=seed, now=now, used=-1)
    if step is None:
        raise RefusedError(
            "Not taken: that is not the code that this seed gives now. Look at the authenticator "
            "and at the clock of this machine.",
            reason="reauthentication",
        )
    factor_id = f"totp-{secrets.token_hex(6)}"
    return Credentials(
        passphrase=hashed(passphrase),
        factor_id=factor_id,
        seed=sealing.sealed(seed, about=_about(staff_id, factor_id)),
        used=step,
    )


def keep(
    tx: Transaction, staff_id: str, credentials: Credentials, *, by: str, now: datetime
) -> None:
    """Give somebody on the register these credentials instead of any older ones; audited."""
    tx.execute(
        "INSERT OR REPLACE INTO staff_factor VALUES (?, ?, ?, ?, ?, 0)",
        (
            staff_id,
            credentials.passphrase,
            credentials.factor_id,
            credentials.seed,
            credentials.used,
        ),
    )
    about = {"staff_id": staff_id, "second_factor": credentials.factor_id}
    audit.append(tx, "credentials kept", by=by, now=now, about=about)


def prove(
    ledger: Ledger, staff_id: str, *, passphrase: str, code: str, sealing: Sealing, now: datetime
) -> Proof:
    """Hold what somebody typed against the register; audited, right or wrong.

    Raises:
        RefusedError: Wrong, used before, or locked; which of the two was wrong is not told.
        AuditUnavailableError: It could not be written down.
        CorruptError: The second factor was kept under another key.
    """
    with ledger.transaction() as tx:
        known = _known(tx, staff_id)
        if known is not None and known["failures"] < ATTEMPTS:
            tx.execute(
                "UPDATE staff_factor SET failures = failures + 1 WHERE staff_id = ?", (staff_id,)
            )
        elif known is not None:
            audit.append(tx, "identity refused", by=staff_id, now=now, about={"why": "locked"})
    if known is None:
        raise _refused("no passphrase and no second factor are on the register for you")
    if known["failures"] >= ATTEMPTS:
        raise _refused(f"locked after {ATTEMPTS} failures")
    factor_id = known["factor_id"]
    seed = sealing.opened(known["seed"], about=_about(staff_id, factor_id))
    right = fits(known["passphrase"], passphrase)
    with ledger.transaction() as tx:
        now_known = _known(tx, staff_id)
        same = now_known is not None and now_known["factor_id"] == factor_id
        used = now_known["last_step"] if now_known is not None and same else known["last_step"]
        step = accepted_step(code, seed=seed, now=now, used=used)
        if not right or not same or step is None:
            left = max(0, ATTEMPTS - known["failures"] - 1)
            about = {"why": "wrong passphrase or code", "attempts_left": left}
            audit.append(tx, "identity refused", by=staff_id, now=now, about=about)
        else:
            tx.execute(
                "UPDATE staff_factor SET failures = 0, last_step = ? WHERE staff_id = ?",
                (step, staff_id),
            )
            about = {"second_factor": factor_id}
            audit.append(tx, "identity proved", by=staff_id, now=now, about=about)
            return Proof(staff_id, known["key_fingerprint"], factor_id, now)
    raise _refused(f"passphrase or code does not fit, or the code was used; attempts left: {left}")


def credentials_for(
    tx: Transaction,
    staff_id: str,
    *,
    word: str,
    credentials: Credentials,
    key: str,
    now: datetime,
) -> None:
    """Take a person's credentials, where they have the word that another handed to them.

    Args:
        tx: A transaction.
        staff_id: Whose.
        word: As `sign` gave it.
        credentials: What they typed.
        key: Their public key, as OpenSSH writes it.
        now: When.

    Raises:
        RefusedError: The word is of nobody, of somebody else, used, or older than a week.
        InputError: The key is none, or somebody else's.
    """
    digest = word_digest(word)
    found = tx.execute(
        "SELECT change_no, settled_us FROM staff_change "
        "WHERE staff_id = ? AND word = ? AND state = 'signed'",
        (staff_id, digest),
    ).fetchone()
    if found is None or not timedelta(0) <= now - from_us(found[1]) <= _WORD_LIVES:
        raise RefusedError(
            "Not taken: the word does not fit that staff number, was used, or is older than a "
            "week. Ask who handed it to you for a new one (`anpr staff credentials`).",
            reason="word_unknown",
        )
    tx.execute("UPDATE staff_change SET word = NULL WHERE change_no = ?", (found[0],))
    hold_key(tx, staff_id, key=key, by=staff_id, now=now)
    keep(tx, staff_id, credentials, by=staff_id, now=now)


def hold_key(tx: Transaction, staff_id: str, *, key: str, by: str, now: datetime) -> None:
    """Put somebody's key on their line; one key signs on one person.

    Raises:
        InputError: It is no key that is taken, or somebody else's.
    """
    line, fingerprint = key_of(key)
    other = tx.execute(
        "SELECT count(*) FROM staff WHERE key_fingerprint = ? AND staff_id != ?",
        (fingerprint, staff_id),
    ).fetchone()[0]
    if other:
        raise InputError(
            "The key was not taken: it signs on somebody else. Make one of your own with "
            "ssh-keygen -t ed25519."
        )
    tx.execute(
        "UPDATE staff SET key_line = ?, key_fingerprint = ? WHERE staff_id = ?",
        (line, fingerprint, staff_id),
    )
    about = {"staff_id": staff_id, "key_fingerprint": fingerprint}
    audit.append(tx, "key kept", by=by, now=now, about=about)


def unlock(tx: Transaction, staff_id: str, *, by: str, now: datetime) -> None:
    """Let somebody try again; another person does it.

    Raises:
        RefusedError: It is oneself, or they have no second factor.
    """
    if staff_id == by:
        raise RefusedError(
            "Not unlocked: nobody unlocks themselves. Ask the ANPR Manager or a colleague of "
            "theirs.",
            reason="self_authorisation",
        )
    if _known(tx, staff_id) is None:
        raise RefusedError(
            "Not unlocked: there is no second factor under that staff number. Look at the number.",
            reason="unknown_staff",
        )
    tx.execute("UPDATE staff_factor SET failures = 0 WHERE staff_id = ?", (staff_id,))
    audit.append(tx, "second factor unlocked", by=by, now=now, about={"staff_id": staff_id})


def word_digest(word: str) -> bytes:
    """Give what is kept of a word: its letters and digits, however they were typed, hashed."""
    return hashlib.sha256(re.sub(r"[^A-Z0-9]", "", word.upper()).encode()).digest()


def _known(db: sqlite3.Connection, staff_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT staff_factor.*, key_fingerprint FROM staff_factor JOIN staff USING (staff_id) "
        "WHERE staff_id = ?",
        (staff_id,),
    ).fetchone()
    return row


def _about(staff_id: str, factor_id: str) -> str:
    return f"{staff_id} {factor_id}"


def _refused(why: str) -> RefusedError:
    return RefusedError(
        f"Not done: {why}. Wait for the next code and try again; after {ATTEMPTS} failures "
        "another person unlocks you (`anpr staff unlock`).",
        reason="reauthentication",
    )
