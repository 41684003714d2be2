"""What somebody types to prove who they are, or to begin to: nothing of it is shown or kept.

Without a terminal the answers are read from standard input, a line each.
"""

import getpass
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from store.errors import InputError
from store.governance.rulebook.nouns import Rulebook
from store.governance.staffing.codes import invitation, new_seed
from store.ledger.staff.factors import Credentials, made
from store.ledger.staff.founding import Founder
from store.ledger.staff.register import Member, StaffState
from store.secrets.sealing import Sealing
from store.terms import Officer

__all__ = ["ask", "ask_secret", "credentials", "founder", "key_in", "trained_until"]

HUB = "ANPR Hub"


def ask(what: str) -> str:
    """Ask for a line that may be seen."""
    return _answer(what, hidden=False)


def ask_secret(what: str) -> str:
    """Ask for a line that nobody may see over a shoulder."""
    return _answer(what, hidden=True)


def credentials(staff_id: str, *, sealing: Sealing) -> Credentials:
    """Let somebody choose a passphrase and take a second factor into their authenticator.

    Raises:
        InputError: The passphrase is too short, or the second one differs from the first.
        RefusedError: The code is not of the seed that was shown.
    """
    passphrase = ask_secret(f"{staff_id}, choose a passphrase of 12 characters or more")
    if ask_secret("The same again") != passphrase:
        raise InputError("Nothing was kept: the two passphrases differ. Begin again.")
    seed = new_seed()
    click.echo(f"Take this into your authenticator: {invitation(seed, staff_id=staff_id, hub=HUB)}")
    code = ask("The code it shows")
    if sys.stdout.isatty():
        click.clear()  # the seed must not stay on the screen
    now = datetime.now(UTC)
    return made(staff_id, passphrase=passphrase, seed=seed, code=code, sealing=sealing, now=now)


def founder(which: str, *, sealing: Sealing, book: Rulebook) -> Founder:
    """Ask one of the two who found a register for everything; the other one looks on.

    Raises:
        InputError: An answer makes no line.
        RefusedError: The training is too old, or the code is not of the seed.
    """
    click.echo(f"{which} person, please sit down.")
    officer = Officer(
        staff_id=ask("Staff number"),
        role=ask(f"Role ({', '.join(sorted(book.titles))})"),
        name=ask("Name"),
    )
    passed = ask("Training passed on (YYYY-MM-DD)")
    key = key_in(Path(ask("File of your public key")))
    member = Member(
        officer=officer, state=StaffState.ACTIVE, training_until_at=trained_until(passed, book=book)
    )
    return Founder(member, credentials(officer.staff_id, sealing=sealing), key)


def key_in(path: Path) -> str:
    """Read a public key.

    Raises:
        InputError: The file cannot be read, or is far too long for a key.
    """
    try:
        with path.open(encoding="ascii") as file:
            return file.read(10_000)
    except (OSError, ValueError) as unread:
        raise InputError(
            f"The key was not taken: {path} cannot be read. Give the .pub file."
        ) from unread


def trained_until(passed: str, *, book: Rulebook) -> datetime:
    """Say until when training is good that was passed on a day, by a policy (S-51).

    Raises:
        InputError: It is no day, or it lies ahead.
    """
    try:
        day = date.fromisoformat(passed)
    except ValueError:
        day = date.max
    if day > datetime.now(UTC).date():
        raise InputError("Not taken: training is passed on a day, as 2026-11-01, and not ahead.")
    months = book.reviews["training_months"]
    return datetime.combine(day, time(), UTC) + timedelta(days=round(months * 365 / 12))


def _answer(what: str, *, hidden: bool) -> str:
    if sys.stdin.isatty():
        answer = getpass.getpass(f"{what}: ") if hidden else input(f"{what}: ")
    else:
        click.echo(f"{what}:")
        answer = sys.stdin.readline()
        if not answer:
            raise InputError(f"Nothing was done: no answer to: {what}. Run this at a terminal.")
    return answer.strip()
