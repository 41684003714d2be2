"""`anpr erase`: named reads leave the hub before their time, with a certificate.

It takes the recorder's place, so the hub is stopped meanwhile, and writes each day anew that has
one of the reads. As with `anpr hold`, whoever may use the hub's account names who acts.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from anpr_tui.verbs import state_option, writing_log
from store.archive.keeping.erasing import ErasureOrder
from store.desks.keeping.erasures import ErasuresDesk
from store.errors import UnavailableError
from store.ledger.keeping.holds import Vehicle
from store.store import open_store
from store.terms import Officer

__all__ = ["erase"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--authority", required=True, help="Who decided it, and where that is written.")
@click.option("--why", required=True, help="For what right or reason.")
@click.option("--read", "read_ids", multiple=True, metavar="ID", help="A read; may be repeated.")
@click.option("--vrm", "vrms", multiple=True, help="A vehicle; may be repeated.")
@click.option("--from", "first", type=_DAY, help="First day (UTC) of the vehicles.")
@click.option("--to", "last", type=_DAY, help="Last day (UTC) of the vehicles.")
@click.option("--by", "staff_id", required=True, metavar="STAFF", help="Who acts, such as NS4900.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no lines.")
@state_option
def erase(
    *,
    authority: str,
    why: str,
    read_ids: tuple[str, ...],
    vrms: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    staff_id: str,
    as_json: bool,
    state: Path,
) -> None:
    """Erase reads, or what vehicles left in a time, from every file (an ANPR manager does).

    Stop the hub first. What an evidential hold keeps stays with its case. May be interrupted at any
    moment, by kill -9 too: the next anpr erase or anpr weed finishes it. anpr weed --verify proves
    it.
    """
    if vrms and not (first and last):
        raise click.UsageError("A vehicle is erased for a time: give --from and --to.")
    if not (state / "ledger" / "ledger.db").exists():
        raise UnavailableError(f"Nothing was done: {state} holds no hub. Name it with --state.")
    vehicles = tuple(
        Vehicle(vrm, first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
        for vrm in vrms
        if first and last
    )
    order = ErasureOrder(authority, why, read_ids, vehicles)
    with writing_log(state):
        store = open_store(state)
        try:
            done = ErasuresDesk(store).erase(Officer(staff_id, ""), order, now=datetime.now(UTC))
        finally:
            store.close()
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(f"Certificate {done.seq}: {done.reads} reads of {len(done.days)} days are erased.")
    if done.held:
        click.echo(f"{done.held} of them stay with the cases that hold them as evidence.")
    if done.missing:
        click.echo(f"{done.missing} of those named were not here.")
