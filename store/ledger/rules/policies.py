"""Which policy is in force: the newest that was loaded, else the one that the program carries.

It is asked for in the transaction of the act that it decides on, so that a new version counts for
the next decision and for no decision that was begun before it (S-8).
"""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from store.errors import UnavailableError
from store.governance.rulebook.loading import carried, load
from store.governance.rulebook.nouns import Rulebook
from store.ledger.instants import from_us, to_us

if TYPE_CHECKING:
    from store.ledger.ledger import Transaction

__all__ = ["Described", "described", "in_force", "known_as", "of_hub", "put"]


@dataclass(frozen=True, slots=True)
class Described:
    """The policy in force, for whoever asks.

    Attributes:
        sentence: Version, digest, since when, on whose word.
        text: The whole file.
    """

    sentence: str
    text: str


def in_force(db: sqlite3.Connection) -> Rulebook:
    """Give the rule book that decides now.

    Raises:
        PolicyError: It was loaded by another release, and this one cannot read it.
    """
    row = db.execute("SELECT text FROM policy ORDER BY policy_no DESC LIMIT 1").fetchone()
    return carried() if row is None else _read(row["text"])


def of_hub(state: Path) -> Rulebook:
    """Give the rule book in force at the hub of a state folder, beside a hub that runs or does not.

    Without a hub there it is the one that this program carries; none is made.

    Raises:
        UnavailableError: The ledger cannot be read.
        PolicyError: It was loaded by another release, and this one cannot read it.
    """
    path = state / "ledger" / "ledger.db"
    if not path.exists():
        return carried()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return in_force(db)
    except sqlite3.Error as trouble:
        raise UnavailableError(
            f"Nothing was done: the ledger of {state} cannot be read ({trouble}). Look it over "
            "with `anpr doctor`."
        ) from trouble


def described(db: sqlite3.Connection) -> Described:
    """Say which policy is in force."""
    row = db.execute("SELECT * FROM policy ORDER BY policy_no DESC LIMIT 1").fetchone()
    if row is None:
        text = resources.files("store.governance").joinpath("policy.toml").read_text("utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Described(
            f"Policy {carried().version}, as this program carries it. SHA-256 {digest}.", text
        )
    return Described(
        f"Policy {row['version']}, loaded {from_us(row['loaded_us']):%d %b %Y %H:%M} UTC by "
        f"{row['loaded_by']}. SHA-256 {row['sha256']}.",
        row["text"],
    )


def known_as(db: sqlite3.Connection, version: str) -> str | None:
    """Give the SHA-256, in hex, of the policy that bore a version here; None where none did."""
    row = db.execute("SELECT sha256 FROM policy WHERE version = ?", (version,)).fetchone()
    return None if row is None else str(row["sha256"])


def put(
    tx: "Transaction",
    book: Rulebook,
    *,
    text: str,
    sha256: str,
    signature: bytes,
    by: str,
    now: datetime,
) -> None:
    """Bring a policy into force for whatever is decided after this transaction."""
    tx.execute(
        "INSERT INTO policy (version, sha256, text, signature, loaded_by, loaded_us) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (book.version, sha256, text, signature, by, to_us(now)),
    )


@lru_cache(maxsize=4)  # reading one takes some 20 ms, and a decision has 50 us
def _read(text: str) -> Rulebook:
    return load(text)
