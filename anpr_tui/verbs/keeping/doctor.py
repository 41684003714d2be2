"""`anpr doctor`: look a hub over while it runs, one line a thing, and say what to do."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from anpr_tui.verbs import state_option
from store.checkup import look_over
from store.errors import UnavailableError

__all__ = ["doctor"]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--deep", is_flag=True, help="Hold searches of every sealed day against a scan.")
@state_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool, deep: bool, state: Path) -> None:
    """Look at rights, disk, spool, ledger, audit, clock, holds and every day of the archive.

    Nothing is written, and a running hub goes on. Exit code 1 where there is anything to do.
    """
    if not (state / "ledger" / "ledger.db").exists():
        raise UnavailableError(f"Nothing was done: {state} holds no hub. Name it with --state.")
    troubles = 0
    for check in look_over(state, now=datetime.now(UTC), deep=deep):
        troubles += not check.well
        if as_json:
            click.echo(json.dumps({**asdict(check), "well": check.well}))
            continue
        click.echo(f"{'ok     ' if check.well else 'TROUBLE'}  {check.about}: {check.said}")
        if check.do:
            click.echo(f"         {check.do}")
    if not as_json:
        click.echo(f"{troubles} troubles." if troubles else "All is well.")
    ctx.exit(1 if troubles else 0)
