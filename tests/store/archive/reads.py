"""Fictional traffic for the tests of the archive, and the plain filter it is held against."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.archive.finding.found import StoredRead
from store.archive.search import Archive
from store.ledger.instants import to_us
from store.terms import Certainty, MatchKind, Read, Scope
from store.vrm import Pattern, fold, normalise

MIDNIGHT = datetime(2026, 11, 18, tzinfo=UTC)
"""Between the two days that the traffic spans."""


def a_read(
    number: int,
    *,
    vrm: str = "TX26KLM",
    camera_id: str = "NS-C01",
    captured_at: datetime = MIDNIGHT,
    raw: str = "",
    plate_jpeg: bytes = b"plate",
    vehicle_jpeg: bytes = b"vehicle",
) -> Read:
    return Read(
        read_id=hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest(),
        camera_id=camera_id,
        controller="NS",
        captured_at=captured_at,
        vrm_raw=raw or vrm,
        vrm=vrm,
        fold=fold(vrm),
        confidence=0.75,
        repaired=bool(raw) and raw != vrm,
        candidates=((vrm, 0.75), ("TX26KLN", 0.125)),
        direction="towards",
        frames=3,
        plate_jpeg=plate_jpeg,
        vehicle_jpeg=vehicle_jpeg,
    )


def a_scope(
    vrm: str = "",
    *,
    kind: MatchKind = MatchKind.EXACT,
    hours: int = 48,
    cameras: tuple[str, ...] = (),
    limit: int = 100,
    before: str = "",
) -> Scope:
    """Everything from the day before midnight on, for so many hours."""
    since_at = MIDNIGHT - timedelta(days=1)
    return Scope(vrm, kind, since_at, since_at + timedelta(hours=hours), cameras, limit, before)


def answers(reads: Iterable[Read], scope: Scope) -> list[tuple[str, Certainty]]:
    """What a search must give on all its pages together: read ids, newest first."""
    typed = normalise(scope.vrm)
    within = [
        read
        for read in reads
        if scope.since_at <= read.captured_at < scope.until_at
        and (not scope.cameras or read.camera_id in scope.cameras)
        and (not typed or _fits(read, typed, kind=scope.kind))
    ]
    within.sort(key=lambda read: (to_us(read.captured_at), read.read_id), reverse=True)
    return [(read.read_id, _certainty(read, typed)) for read in within]


class PulledPlugError(BaseException):
    """The machine stops here: nothing of ours may catch this."""


def pull_plug(*_: object, **__: object) -> None:
    """Stand in for a step at which the machine stops."""
    raise PulledPlugError


def found_ids(archive: Path) -> list[str]:
    """Ids of all reads of these days, newest first, as a search gives them."""
    reads, more = Archive(archive).search(a_scope(limit=500))
    assert not more
    return [stored.read.read_id for stored in reads]


def expected_ids(*reads: Read) -> list[str]:
    """Ids of all of these reads, newest first, by the plain filter."""
    return [read_id for read_id, _ in answers(reads, a_scope())]


def every_row(archive: Archive, scope: Scope) -> Iterator[StoredRead]:
    """Turn the pages of a search to its end."""
    while True:
        page, more = archive.search(scope)
        yield from page
        if not more:
            return
        assert len(page) == scope.limit
        scope = replace(scope, before=page[-1].key)


def _fits(read: Read, typed: str, *, kind: MatchKind) -> bool:
    if kind is MatchKind.WILDCARD:
        return Pattern.compile(typed).matches(read.fold)
    return read.fold == fold(typed)


def _certainty(read: Read, typed: str) -> Certainty:
    if read.repaired:
        return Certainty.POSSIBLE
    letter_for_letter = not typed or (
        len(read.vrm) == len(typed)
        and all(asked in ("?", seen) for asked, seen in zip(typed, read.vrm, strict=True))
    )
    return Certainty.EXACT if letter_for_letter or "*" in typed else Certainty.GLYPH
