"""`anpr policy`: hold a table of decisions against the policy that this program carries."""

from collections import Counter
from pathlib import Path

import click

from store.governance.rulebook.loading import carried
from store.governance.rulebook.table import Compared, Outcome, compare, rows

__all__ = ["policy"]


@click.group()
def policy() -> None:
    """Check who may do what.

    Exit code 1 where a table differs from the policy, or is no table of decisions.
    """


@policy.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def check(ctx: click.Context, file: Path) -> None:
    """Decide each row of FILE, print those that differ, and a count last.

    A row that contradicts others of the accepted table is printed as disputed, with the source
    that settles it; a row whose decision differs is never that.
    """
    book = carried()
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
