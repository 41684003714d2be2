"""`anpr hold`: keep the reads of a case past their time, on somebody's authority.

It runs on the hub's own machine, beside a running hub, under the hub's account: whoever may use
that account names the member of staff who acts. Standing and role are asked of the register, and
every act passes the door and stands in the audit chain.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from anpr_tui.verbs import state_option, writing_log
from store.desks.keeping.holds import Evidence, HoldsDesk, open_holds_desk
from store.errors import UnavailableError
from store.governance.rulebook.words import signers
from store.ledger.keeping.holds import Hold, HoldOrder, Vehicle
from store.purposes import Category
from store.store import open_store
from store.terms import Ground, MatchKind, Officer, Purpose, Scope

__all__ = ["hold"]

_DAY = click.DateTime(["%Y-%m-%d"])
_NUMBER = click.argument("number", type=click.IntRange(min=1))
_EVER_AT = datetime(1970, 1, 1, tzinfo=UTC)


def _by(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--by", "staff_id", required=True, metavar="STAFF", help="Who acts, such as NS4900."
    )(verb)


@click.group()
def hold() -> None:
    """Keep the reads of a case as evidence past their time (an ANPR manager does).

    What is held is copied out of its day with its pictures, is found for its own case alone, and
    goes when the hold is released.
    """


@hold.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no lines.")
@_by
@state_option
def list_holds(*, staff_id: str, as_json: bool, state: Path) -> None:
    """List every hold, and which are to be looked at again."""
    now = datetime.now(UTC)
    with _desk(state) as desk:
        found = desk.every(Officer(staff_id, ""), now=now)
    if as_json:
        click.echo(json.dumps({"holds": [asdict(one) for one in found]}, default=str))
        return
    for one in found:
        click.echo(_line(one, now=now))
    click.echo(f"{sum(one.released_at is None for one in found)} holds are in force.")


@hold.command("set")
@click.option("--case", required=True, help="Case reference, such as NS-2611-04417.")
@click.option("--authority", required=True, help="Who decided it, and where that is written.")
@click.option("--review", required=True, type=_DAY, help="Day to look at it again, YYYY-MM-DD.")
@click.option("--read", "read_ids", multiple=True, metavar="ID", help="A read; may be repeated.")
@click.option("--vrm", "vrms", multiple=True, help="A vehicle; may be repeated.")
@click.option("--from", "first", type=_DAY, help="First day (UTC) of the vehicles.")
@click.option("--to", "last", type=_DAY, help="Last day (UTC) of the vehicles; may be to come.")
@_by
@state_option
def set_hold(
    *,
    case: str,
    authority: str,
    review: datetime,
    read_ids: tuple[str, ...],
    vrms: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    staff_id: str,
    state: Path,
) -> None:
    """Hold reads, or vehicles for a time, for a case."""
    if vrms and not (first and last):
        raise click.UsageError("A vehicle is held for a time: give --from and --to.")
    span = (_EVER_AT, _EVER_AT)
    if first and last:
        span = (first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    order = HoldOrder(
        case=case,
        authority=authority,
        review_at=review.replace(tzinfo=UTC),
        read_ids=read_ids,
        vehicles=tuple(Vehicle(vrm, *span) for vrm in vrms),
    )
    with _desk(state) as desk:
        made = desk.set(Officer(staff_id, ""), order, now=datetime.now(UTC))
    click.echo(f"Hold {made.number}: {made.reads} reads are secured.")
    if made.missing:
        click.echo(f"{made.missing} of the reads named are not in the archive.")


@hold.command()
@_NUMBER
@click.option("--until", required=True, type=_DAY, help="Day to look at it again, YYYY-MM-DD.")
@_by
@state_option
def review(*, number: int, until: datetime, staff_id: str, state: Path) -> None:
    """Say that hold NUMBER was looked at and is still needed."""
    with _desk(state) as desk:
        review_at = until.replace(tzinfo=UTC)
        desk.put_off(Officer(staff_id, ""), number, review_at=review_at, now=datetime.now(UTC))
    click.echo(f"Hold {number} is looked at again by {until:%Y-%m-%d}.")


@hold.command()
@_NUMBER
@click.option("--why", required=True, help="Who decided that the case needs it no more.")
@_by
@state_option
def release(*, number: int, why: str, staff_id: str, state: Path) -> None:
    """Release hold NUMBER; what is past retention is gone then."""
    with _desk(state) as desk:
        desk.release(Officer(staff_id, ""), number, why=why, now=datetime.now(UTC))
    click.echo(f"Hold {number} is released, and what it kept past its time is gone.")


def _held(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb what names a look at held reads: the case, its class, why, and a mark."""
    for option in reversed(
        (
            click.option("--case", required=True, help="The case of the hold."),
            click.option(
                "--class",
                "category",
                required=True,
                type=click.Choice([one.value for one in Category]),
                help="Class of the offence the case is about.",
            ),
            click.option("--reason", required=True, help="Why you look, 15 characters or more."),
            click.option("--vrm", default="", help="A mark, ? and * being wild. Default: all."),
        )
    ):
        verb = option(verb)
    return verb


@hold.command("request")
@_NUMBER
@_held
@_by
@state_option
def request_search(
    *, number: int, case: str, category: str, reason: str, vrm: str, staff_id: str, state: Path
) -> None:
    """Ask for the authority to search hold NUMBER; those who may sign are prompted."""
    now = datetime.now(UTC)
    ground, scope = _wanted(case, category, reason, vrm=vrm, now=now)
    with _desk(state) as desk:
        asked = desk.request(Officer(staff_id, ""), number, scope, ground, now=now)
    who = signers(asked.authority, count=asked.authorisers)
    click.echo(
        f"{asked.request_id} asked: it takes the signature of {who}. When it is authorised, "
        f"search with the same case, class and reference; it lapses {asked.lapses_at:%H:%M} UTC."
    )


@hold.command()
@_NUMBER
@_held
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no lines.")
@_by
@state_option
def search(
    *,
    number: int,
    case: str,
    category: str,
    reason: str,
    vrm: str,
    pictures: Path | None,
    as_json: bool,
    staff_id: str,
    state: Path,
) -> None:
    """List what hold NUMBER keeps; with --pictures, write its pictures into DIR."""
    officer, now = Officer(staff_id, ""), datetime.now(UTC)
    ground, scope = _wanted(case, category, reason, vrm=vrm, now=now)
    with _desk(state) as desk:
        found = desk.search(officer, number, scope, ground, now=now)
        _tell_found(found, as_json=as_json)
        if pictures:
            _write_pictures(desk, found, number, ground, officer=officer, folder=pictures)


def _wanted(
    case: str, category: str, reason: str, *, vrm: str, now: datetime
) -> tuple[Ground, Scope]:
    ground = Ground(Purpose.ONGOING_INVESTIGATION, category, case, reason)
    kind = MatchKind.WILDCARD if set("?*") & set(vrm) else MatchKind.EXACT
    return ground, Scope(vrm, kind, _EVER_AT, now + timedelta(days=1), (), 500)


def _tell_found(found: Evidence, *, as_json: bool) -> None:
    rows = [
        {"read_id": one.read_id, "at": one.captured_at.isoformat(), "vrm": one.vrm}
        | {"camera": one.camera_id, "confidence": one.confidence}
        for one in found.reads
    ]
    if as_json:
        click.echo(json.dumps({"reads": rows, "more": found.more}))
        return
    for row in rows:
        click.echo("  ".join(map(str, row.values())))
    more = ", and more: name a mark" if found.more else ""
    click.echo(f"{len(rows)} reads{more}.")


def _write_pictures(
    desk: HoldsDesk,
    found: Evidence,
    number: int,
    ground: Ground,
    *,
    officer: Officer,
    folder: Path,
) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for read in found.reads:
        both = desk.pictures(
            officer, number, read_id=read.read_id, ground=ground, now=datetime.now(UTC)
        )
        for name, picture in zip(("plate", "vehicle"), both, strict=True):
            if picture:
                (folder / f"{read.read_id}-{name}.jpg").write_bytes(picture)


@contextmanager
def _desk(state: Path) -> Iterator[HoldsDesk]:
    if not (state / "ledger" / "ledger.db").exists():
        raise UnavailableError(f"Nothing was done: {state} holds no hub. Name it with --state.")
    with writing_log(state):
        store = open_store(state)
        try:
            yield open_holds_desk(store)
        finally:
            store.close()


def _line(one: Hold, *, now: datetime) -> str:
    if one.released_at is not None:
        stands = f"released {one.released_at:%Y-%m-%d}"
    else:
        overdue = " OVERDUE" if one.review_at <= now else ""
        stands = f"{one.reads} reads, look again by {one.review_at:%Y-%m-%d}{overdue}"
    return f"{one.number}  {one.case}  {stands}; set {one.set_at:%Y-%m-%d} by {one.set_by}"
