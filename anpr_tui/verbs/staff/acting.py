"""Somebody acts on the hub's machine: who they are is proved first, by passphrase and code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from anpr_tui.verbs import state_option, weak_key_option
from anpr_tui.verbs.staff.ceremony import ask_secret
from store.errors import UnavailableError
from store.governance.access.requests import Proof
from store.governance.rulebook.nouns import Rulebook
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.ledger.staff import factors
from store.secrets import find
from store.secrets.sealing import KEY_NAME, Sealing
from store.terms import Officer

__all__ = ["Acting", "acting", "opened_ledger", "sealing_of", "why_option"]


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who has just proved who they are.

    Attributes:
        ledger: The ledger, for the desk they go to.
        officer: Who acts.
        proof: That it is them.
        now: When.
    """

    ledger: Ledger
    officer: Officer
    proof: Proof
    now: datetime

    @property
    def book(self) -> Rulebook:
        """The policy in force."""
        with self.ledger.reading() as db:
            return policies.in_force(db)


def acting(verb: Callable[..., None]) -> Callable[..., Any]:
    """Give a verb `--as`, let that person prove who they are, and pass it an `Acting`."""

    @state_option
    @weak_key_option
    @click.option("--as", "by", required=True, metavar="STAFF", help="Your own staff number.")
    @wraps(verb)
    def proved(state: Path, weak_key: bool, by: str, **given: Any) -> None:
        sealing = sealing_of(state, weak_key=weak_key)
        with opened_ledger(state) as ledger:
            words = ask_secret(f"{by}, your passphrase")
            code = ask_secret("Your code")
            now = datetime.now(UTC)
            proof = factors.prove(ledger, by, passphrase=words, code=code, sealing=sealing, now=now)
            verb(Acting(ledger, Officer(staff_id=by, role=""), proof, now), **given)

    return proved


def why_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb `--why`, passed as `why: str`."""
    return click.option("--why", required=True, help="The reason; it goes into the audit.")(verb)


@contextmanager
def opened_ledger(state: Path) -> Iterator[Ledger]:
    """Open the ledger of a state folder, beside a hub that runs or does not."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    try:
        yield ledger
    finally:
        ledger.close()


def sealing_of(state: Path, *, weak_key: bool) -> Sealing:
    """Find what opens the seeds of second factors; raises as `store.secrets.find` does."""
    try:
        return Sealing(find(KEY_NAME, state=state, file_allowed=weak_key).value)
    except UnavailableError as missing:
        raise UnavailableError(f"{missing} `anpr staff new-key` makes one.") from missing
