"""`anpr policy`: show who may do what, load a signed version, check a table of decisions."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from anpr_tui.verbs import state_option
from store.desks.settings.policies import open_policies_desk
from store.errors import InputError, UnavailableError
from store.governance.rulebook.table import Compared, Outcome, compare, rows
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.terms import Officer

__all__ = ["policy"]


@click.group()
def policy() -> None:
    """Check, show and load who may do what.

    Exit code 1 where a table differs from the policy, or is no table of decisions.
    """


@policy.command("load")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--signature",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="What `ssh-keygen -Y sign -n anpr-policy -f KEY FILE` wrote: FILE.sig.",
)
@click.option("--why", required=True, help="What it changes, for the record.")
@click.option("--by", "staff_id", required=True, metavar="STAFF", help="Who loads it.")
@state_option
def load_policy(file: Path, *, signature: Path, why: str, staff_id: str, state: Path) -> None:
    """Bring FILE into force, signed by a Strategic Lead and loaded by a cluster administrator.

    A hub that runs decides by it from the next act on. A file that is refused changes nothing.
    """
    text, signed = _bytes_of(file), _bytes_of(signature).decode(errors="replace")
    ledger = _ledger(state)
    try:
        desk = open_policies_desk(ledger)
        officer, now = Officer(staff_id, ""), datetime.now(UTC)
        book = desk.load(officer, text=text, signature=signed, why=why, now=now)
    finally:
        ledger.close()
    click.echo(f"Policy {book.version} is in force.")


@policy.command()
@click.option("--text", is_flag=True, help="Print the whole file that is in force.")
@state_option
def show(*, text: bool, state: Path) -> None:
    """Say which policy is in force, since when and on whose word."""
    ledger = _ledger(state)
    try:
        with ledger.reading() as db:
            told = policies.described(db)
    finally:
        ledger.close()
    click.echo(told.text if text else told.sentence)


def _ledger(state: Path) -> Ledger:
    if not (state / "ledger" / "ledger.db").exists():
        raise UnavailableError(f"Nothing was done: {state} holds no hub. Name it with --state.")
    return Ledger.open(state / "ledger" / "ledger.db")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"Nothing was loaded: {path} cannot be read ({error.strerror}). Look at its place."
        ) from error


@policy.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@state_option
@click.pass_context
def check(ctx: click.Context, file: Path, state: Path) -> None:
    """Decide each row of FILE, print those that differ, and a count last.

    The policy of the hub in the state folder decides, or the one that this program carries where
    there is no hub. A row that contradicts others of the accepted table is printed as disputed,
    with the source that settles it; a row whose decision differs is never that.
    """
    book = policies.of_hub(state)
    outcomes: Counter[Outcome] = Counter()
    for row in rows(file, book=book):
        compared = compare(row, book=book)
        outcomes[compared.outcome] += 1
        if compared.outcome is not Outcome.SAME:
            click.echo(_line(compared))
    click.echo(
        f"{outcomes.total()} rows, {outcomes[Outcome.DIFFERS]} differ, "
        f"{outcomes[Outcome.DISPUTED]} disputed, policy {book.version}"
    )
    ctx.exit(1 if outcomes[Outcome.DIFFERS] else 0)


def _line(compared: Compared) -> str:
    row, asked = compared.row, compared.row.asked
    said = " ".join(filter(None, (row.told.expected, row.told.code, row.told.view)))
    ours = " ".join(filter(None, (compared.told.expected, compared.told.code, compared.told.view)))
    why = f" ({compared.why})" if compared.why else ""
    return (
        f"{row.name} {compared.outcome}: {asked.role} {asked.capability} {asked.action}: "
        f"table {said}, policy {ours}{why}"
    )
