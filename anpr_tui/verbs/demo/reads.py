"""The demonstration's reads, asked for as any officer asks: through the door, on the record.

A search by place masks the marks it finds, so it says how many reads there are; a search by each
mark that the renderer let pass says which of them were read right. There is no third way to a
read, not even for a demonstration.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from store.client import HubClient
from store.purposes import Category
from store.terms import Ground, MatchKind, Purpose, ReadRow, Scope

__all__ = ["GROUND", "named", "stored_reads"]

GROUND = Ground(
    purpose=Purpose.PREVENT_DETECT,
    category=Category.OPERATIONAL_RESPONSE,
    reference="NS-20261122-0412",
    reason="Demonstration counts its rendered footage against the hub",
)
PAGE = 500  # the most that a search gives at once
WINDOW = timedelta(hours=2)  # the widest search by place that needs nobody's authority


async def named(
    client: HubClient, vrm: str, *, since_at: datetime, until_at: datetime
) -> list[ReadRow]:
    """Every read of one mark, newest first."""
    scope = Scope(vrm=vrm, kind=MatchKind.EXACT, since_at=since_at, until_at=until_at, limit=PAGE)
    return [row async for row in _pages(client, scope)]


async def stored_reads(
    client: HubClient,
    *,
    marks: Collection[str],
    cameras: Sequence[str],
    since_at: datetime,
    until_at: datetime,
) -> list[ReadRow]:
    """Every read that is stored, as often as it is stored; those of `marks` with their mark.

    Args:
        client: Of an officer who may search by place.
        marks: The marks that passed.
        cameras: Where; at most five.
        since_at: Oldest time of capture.
        until_at: After the newest.
    """
    clear = {
        row.read_id: row
        for mark in sorted(marks)
        for row in await named(client, mark, since_at=since_at, until_at=until_at)
    }
    rows: list[ReadRow] = []
    while since_at < until_at:
        ends_at = min(since_at + WINDOW, until_at)
        scope = Scope(
            vrm="",
            kind=MatchKind.EXACT,
            since_at=since_at,
            until_at=ends_at,
            cameras=tuple(cameras),
            limit=PAGE,
        )
        rows += [clear.get(row.read_id, row) async for row in _pages(client, scope)]
        since_at = ends_at
    return rows


async def _pages(client: HubClient, scope: Scope) -> AsyncIterator[ReadRow]:
    before = ""
    while True:
        found = await client.search(replace(scope, before=before), GROUND)
        for row in found.rows:
            yield row
        if not found.more:
            return
        before = found.rows[-1].key
