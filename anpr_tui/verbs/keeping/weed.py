"""`anpr weed`: remove what is past its time, certify it, and prove that it is gone.

A hub that runs weeds by itself; with --by somebody has it weed now, over its socket. Otherwise the
verb takes the recorder's place, and the hub is stopped meanwhile. Removing a day is removing its
folder, however many reads it has; proving the absence reads everything that is kept, beside a hub
that runs as well.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from anpr_tui.verbs import state_option, writing_log
from store.answers import Weeding
from store.archive import absence, weeding
from store.archive.weeding import Certificate, PastDay
from store.client import HubClient
from store.errors import UnavailableError
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.store import open_store

__all__ = ["weed"]

_LOOK_S = 0.5
_PATIENCE_S = 600.0


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--verify", is_flag=True, help="Read every file back and prove the absence.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day it is, from your own calendar: where the hub was off and its clock is doubted.",
)
@click.option(
    "--by", "staff_id", metavar="STAFF", help="Have the running hub weed now; who asks, as NS5001."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no lines.")
@state_option
@click.pass_context
def weed(
    ctx: click.Context,
    *,
    dry_run: bool,
    verify: bool,
    today: datetime | None,
    staff_id: str | None,
    as_json: bool,
    state: Path,
) -> None:
    """Remove every day of capture that is past its time, with all that came of it.

    A running hub does it every day; --by has it do so now. Without that, stop the hub first; it may
    run for --verify. May be interrupted at any moment, by kill -9 too, and run again. Refused where
    the clock lies too far past the hub's last sign of life. With --verify, exit code 1 where
    anything is left of what the newest certificate says is gone.
    """
    if dry_run and verify:
        raise click.UsageError("--dry-run changes nothing, so there is nothing to --verify.")
    if not (state / "ledger" / "ledger.db").exists():
        raise UnavailableError(f"Nothing was done: {state} holds no hub. Name it with --state.")
    if staff_id:
        if dry_run or verify or today:
            raise click.UsageError("--by has the hub weed now; it goes with no other option.")
        _tell_ordered(asyncio.run(_ordered(state, staff_id)), as_json=as_json)
        return
    now = datetime.now(UTC)
    if dry_run:
        _tell_due(weeding.due(state, reads_s=_kept_s(state), now=now), as_json=as_json)
        _demand_clock(state, now=now)
        return
    with writing_log(state):
        store = open_store(state)
        try:
            if not verify:
                if today:
                    weeding.confirm_clock(store.ledger, today=today.date(), now=now)
                _tell_done(weeding.weed(store, now=now), as_json=as_json)
                return
            proof = absence.prove(store)
        finally:
            store.close()
    _tell_proof(proof, as_json=as_json)
    ctx.exit(1 if proof.findings else 0)


async def _ordered(state: Path, staff_id: str) -> Weeding:
    """Have the hub weed, and wait for its certificate.

    Raises:
        StoreError: No hub answers, the policy says no, or it takes too long.
    """
    client = await HubClient.connect(state / "hub.sock", staff_id=staff_id)
    try:
        ordered = await client.order_weeding()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while (stands := await client.weeding()).certificate <= ordered:
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as late:
            raise UnavailableError(
                "The weeding was ordered and has no certificate yet. Look at anpr doctor and at "
                "the hub's log."
            ) from late
    finally:
        await client.close()
    return stands


def _tell_ordered(done: Weeding, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(
        f"Certificate {done.certificate}: {done.days} days with {done.reads} reads before "
        f"{done.bound} are gone."
    )


def _kept_s(state: Path) -> int:
    """How long the policy in force keeps reads."""
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    try:
        with ledger.reading() as db:
            return policies.in_force(db).reads_s
    finally:
        ledger.close()


def _demand_clock(state: Path, *, now: datetime) -> None:
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    try:
        with ledger.reading() as db:
            weeding.demand_clock(db, now=now)
    finally:
        ledger.close()


def _tell_due(days: Sequence[PastDay], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"due": [asdict(day) for day in days]}))
        return
    for day in days:
        click.echo(f"{day.day}  {day.reads} reads, {day.pictures} pictures")
    click.echo(f"{len(days)} days are past their time; nothing was removed.")


def _tell_done(certificates: Sequence[Certificate], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"certificates": [asdict(one) for one in certificates]}))
        return
    for one in certificates:
        for day in one.days:
            click.echo(f"{day.day}  {day.reads} reads, {day.pictures} pictures removed")
        click.echo(
            f"Certificate {one.seq}: {len(one.days)} days before {one.bound} are gone, "
            f"{one.frames} pictures' accounts, {one.sights} sights; "
            f"{one.alarms} alarms lost their vehicle; {one.why}."
        )


def _tell_proof(proof: absence.Proof, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(proof)))
        return
    for finding in proof.findings:
        click.echo(f"{finding.place}: {finding.what}")
    what = f"{len(proof.findings)} findings" if proof.findings else "nothing"
    click.echo(
        f"Read back {proof.days} days, {proof.reads} reads: {what} from before {proof.bound} "
        f"(certificate {proof.certificate})."
    )
