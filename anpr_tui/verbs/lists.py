"""`anpr lists`: check a file of vehicles of interest row by row, or bring it into force."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from anpr_tui.verbs import state_option
from anpr_tui.verbs.grounds import ground_options
from store.errors import InputError, ListError
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.lists import delivery
from store.lists.extract import is_extract
from store.lists.gathering import Gathered
from store.lists.rows import RowOutcome
from store.terms import Ground, Officer

__all__ = ["lists"]

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_LIST = click.option(
    "--list",
    "list_name",
    metavar="NAME",
    help="The list the file is for. Default: PNC for an extract, local for any other.",
)


@click.group()
def lists() -> None:
    """Check and load vehicles of interest.

    A file has sixteen columns and no header (UTF-8, RFC 4180), or is an extract, which begins with
    an H line. Exit code 1 where the file was refused or any of its rows rejected.
    """


@lists.command()
@_FILE
@_LIST
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="As if it came on this day (UTC): weed dates are judged by it. Default: today.",
)
@state_option
@click.pass_context
def check(
    ctx: click.Context,
    file: Path,
    *,
    list_name: str | None,
    as_json: bool,
    day: datetime | None,
    state: Path,
) -> None:
    """Say what would become of each row of FILE at this hub; nothing is loaded."""
    now = day.replace(tzinfo=UTC) if day else datetime.now(UTC)
    checked = delivery.check(
        file, list_name=list_name, figures=policies.of_hub(state).figures.lists, now=now
    )
    gathered = checked.gathered
    if as_json:
        told = {
            "file": checked.arrival.file_name,
            "list": checked.arrival.list_name,
            "sequence": checked.sequence,
            "note": checked.note,
            "rows": [
                {"row": r.row, "error": r.error, "outcome": r.outcome, "meaning": r.meaning}
                for r in gathered.rows
            ],
            "outcomes": Counter(row.outcome for row in gathered.rows),
            "priorities": Counter(entry.priority for entry in gathered.entries),
        }
        click.echo(json.dumps(told, indent=2))
    else:
        _tell(gathered.rows)
        click.echo(_count(gathered))
    ctx.exit(1 if gathered.rejected else 0)


@lists.command()
@_FILE
@_LIST
@click.option("--by", "staff_id", metavar="STAFF", help="Who answers for a local list.")
@click.option(
    "--review",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day on which a local list is looked at again. Default: as late as the policy allows.",
)
@ground_options(required=False)
@state_option
@click.pass_context
def load(
    ctx: click.Context,
    *,
    file: Path,
    list_name: str | None,
    staff_id: str | None,
    review: datetime | None,
    ground: Ground | None,
    state: Path,
) -> None:
    """Bring FILE into force in place of the version before; its good rows, if some are bad.

    An extract of the national list declares itself that its entries meet the rules. A local list is
    somebody's own word: it takes --by and the ground, --purpose --class --ref --reason.
    """
    now = datetime.now(UTC)
    arrival = delivery.arrival_of(file, list_name=list_name)
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    try:
        if _is_extract(file):
            by = staff_id or f"uid:{os.getuid()}"
            loaded = delivery.load(ledger, file, list_name=list_name, now=now, by=by)
        elif staff_id is None or ground is None:
            raise InputError(
                f"Not loaded: {arrival.file_name} is a local list, which names who answers for it "
                "and why. Give --by, --purpose, --class, --ref and --reason."
            )
        else:
            from store.desks.lists import open_lists

            loaded = open_lists(ledger).load(
                Officer(staff_id, ""),
                file,
                list_name=list_name,
                ground=ground,
                review_at=None if review is None else review.replace(tzinfo=UTC),
                now=now,
            )
    finally:
        ledger.close()
    record = loaded.delivery
    if loaded.refused:
        raise ListError(record.note, code=record.outcome.removeprefix("refuse:"))
    _tell([row for row in loaded.gathered.rows if row.error])
    if record.note:
        click.echo(f"note: {record.note}")
    click.echo(_count(loaded.gathered))
    click.echo(
        f"List {record.arrival.list_name} is now version {record.version}, "
        f"{record.entries} entries."
    )
    ctx.exit(1 if loaded.gathered.rejected else 0)


def _is_extract(file: Path) -> bool:
    with file.open("rb") as opened:
        return is_extract(opened.read(64))


def _tell(rows: Sequence[RowOutcome]) -> None:
    for row in rows:
        click.echo(f"row {row.row:<6} {row.outcome:<10}  {row.error}  {row.meaning}".rstrip())


def _count(gathered: Gathered) -> str:
    outcomes = Counter(row.outcome for row in gathered.rows)
    priorities = Counter(entry.priority.value for entry in gathered.entries)
    kinds = ", ".join(f"{priorities[word]} {word}" for word in ("High", "Medium", "Low"))
    return (
        f"{len(gathered.rows)} rows: {outcomes['load']} load, {outcomes['warn']} load with a "
        f"warning, {outcomes['reject_row']} rejected. "
        f"{len(gathered.entries)} entries: {kinds}."
    )
