"""`anpr audit sample`, `open`, `review`, `flags`, `statistics`, `mine` and `answer`."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from anpr_tui.verbs.staff.acting import Acting, acting
from store.governance.oversight.publication import SMALL, shown
from store.ledger.oversight.reviews import Outcome

if TYPE_CHECKING:
    from store.desks.audit import AuditDesk
    from store.ledger.oversight.sampled import Row

__all__ = ["REVIEWING"]


def _last_month() -> str:
    first = datetime.now(UTC).replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


month_option = click.option(
    "--month", default=_last_month, metavar="YYYY-MM", help="Default: the month that ended last."
)


@click.command()
@acting
@month_option
def sample(acts: Acting, month: str) -> None:
    """Draw the dip sample of a month and print how far it is reviewed."""
    drawn = _desk(acts).sample(acts.officer, month=month, now=acts.now)
    click.echo(
        f"Sample of {drawn.month}, drawn {drawn.drawn_at:%d %b %Y} from checkpoint "
        f"{drawn.checkpoint[:4]}..{drawn.checkpoint[-2:]}: {drawn.done} of {len(drawn.rows)} done, "
        f"due {drawn.due_at:%d %b %Y}."
    )
    for row in drawn.rows:
        click.echo(_line(row))


@click.command("open")
@acting
@click.argument("seq", type=int)
@month_option
def open_record(acts: Acting, seq: int, month: str) -> None:
    """Open a search or a deployment of the sample with its plate; the opening is recorded."""
    opened = _desk(acts).open(acts.officer, month=month, seq=seq, now=acts.now)
    look = opened.look
    click.echo(
        f"{look.seq} {look.by} {look.at:%d %b %Y %H:%M} {look.purpose} {look.reference} "
        f"{opened.vrm or '-'}"
    )
    click.echo(f'"{look.reason}" {look.grant}'.rstrip())
    click.echo(f"Audit {opened.audit_seq}: opened.")


@click.command()
@acting
@click.argument("seq", type=int)
@click.argument("outcome", type=click.Choice([one.value for one in Outcome]))
@month_option
@click.option("--note", default="", help="The question, or what was found.")
@click.option("--category", default="", help="Of a finding.")
@click.option("--told", default="", help="Who is told of a finding.")
def review(acts: Acting, seq: int, outcome: str, month: str, **words: str) -> None:
    """Say what became of one of the sample; fair and finding are final."""
    number = _desk(acts).review(
        acts.officer, month=month, seq=seq, outcome=Outcome(outcome), now=acts.now, **words
    )
    click.echo(f"Audit {number}: {seq} is {outcome}.")


@click.command()
@acting
@month_option
def flags(acts: Acting, month: str) -> None:
    """Print the patterns of a month that a reviewer should look at; a flag is no finding."""
    found = _desk(acts).flags(acts.officer, month=month, now=acts.now)
    for flag in found:
        numbers = " ".join(map(str, flag.seqs[:8])) + (" ..." if len(flag.seqs) > 8 else "")
        click.echo(f"{flag.by}  {flag.kind}: {flag.sentence}. Records {numbers}")
    click.echo(f"{len(found)} flags.")


@click.command()
@acting
@month_option
def statistics(acts: Acting, month: str) -> None:
    """Print a month's figures for publication: no places, no people, no small numbers (S-66)."""
    made = _desk(acts).figures(acts.officer, month=month, now=acts.now)
    click.echo(f"{month}. Numbers below {SMALL} are not published.")
    for title, count in (
        ("searches", made.searches),
        ("of them in a threat to life", made.urgent),
        ("exports", made.exports),
    ):
        click.echo(f"{title}: {shown(count)}")
    for title, counts in (
        ("searches by purpose", made.by_purpose),
        ("searches by age of data", made.by_age),
        ("requests for authority", made.requests),
        ("alarms by answer", made.alarms),
        ("reviewed", made.reviewed),
    ):
        _print_counts(title, counts)


@click.command()
@acting
def mine(acts: Acting) -> None:
    """Print your own record, and what a reviewer asks you."""
    own = _desk(acts).own(acts.officer, now=acts.now)
    for seq, body in own.records:
        what = body["about"].get("what", "")
        click.echo(f"{seq}  {body['at']}  {body['kind']}  {what}".rstrip())
    for one in own.questions:
        click.echo(f'Record {one.seq}, {one.reviewed_by} asks: "{one.note}"')


@click.command()
@acting
@click.argument("seq", type=int)
@click.argument("words")
def answer(acts: Acting, seq: int, words: str) -> None:
    """Answer what a reviewer asked about your search, within seven days."""
    number = _desk(acts).answer(acts.officer, seq=seq, words=words, now=acts.now)
    click.echo(f"Audit {number}: answered.")


REVIEWING = (sample, open_record, review, flags, statistics, mine, answer)
"""Verbs that `anpr audit` takes in."""


def _desk(acts: Acting) -> "AuditDesk":
    from store.desks.audit import open_audit

    return open_audit(acts.ledger)


def _line(row: "Row") -> str:
    look = row.look
    found = "" if row.found is None else f"{row.found} reads"
    state = "open" if row.review is None else row.review.outcome.value
    flagged = ", ".join(row.flags)
    words = (str(look.seq), look.by, f"{look.at:%d %b %H:%M}", look.what, found, row.why, state)
    return "  ".join(filter(None, (*words, flagged)))


def _print_counts(title: str, counts: Mapping[str, int]) -> None:
    for name, count in sorted(counts.items()):
        click.echo(f"{title}, {name}: {shown(count)}")
