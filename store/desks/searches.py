"""The search desk: what a search would need, the search itself, and opening one read.

Every search and every opening is on record before the archive is asked, and again, with what it
returned, before anything leaves (S-54, S-62). The age of the data names the row of the matrix that
decides; a search that crosses the bound of an age is cut there and says so (S-60).
"""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from store.answers import Found, Needs, ReadDetail
from store.archive.finding.found import ReadLine, StoredRead
from store.archive.search import Archive
from store.desks.masking import named_part
from store.desks.scopes import checked, fits, named, of_list, tool_of
from store.door import SEARCH, SEE, Ask, Door, Shown, cut_at, demanded
from store.errors import InputError, RefusedError
from store.governance.access.grants import WantedScope
from store.governance.rulebook.nouns import Fact
from store.governance.rulebook.verdicts import NeedsAuthorisation, Permit, Refuse
from store.governance.rulebook.words import said, signers
from store.ledger import cameras
from store.ledger.alarms import hits
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.purposes import PURPOSE_KEYS
from store.terms import Camera, Certainty, Ground, MatchKind, Officer, Read, ReadRow, Scope
from store.vrm import fold

__all__ = ["SearchesDesk"]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_OF_PLATES = {
    MatchKind.EXACT: "of this plate ",
    MatchKind.WILDCARD: "of this plate ",
    MatchKind.LOOKALIKE: "of this plate or one like it ",
    MatchKind.LISTED: "of these plates ",
}


class SearchesDesk:
    """What investigators and operators do with recorded reads."""

    def __init__(self, *, door: Door, ledger: Ledger, archive: Archive) -> None:
        """Stands between the door and the archive; names of cameras come from the ledger."""
        self._door = door
        self._ledger = ledger
        self._archive = archive

    def needs(self, officer: Officer, scope: Scope, ground: Ground, *, now: datetime) -> Needs:
        """Says what a search would need; asks no archive and leaves no record."""
        try:
            asked = checked(scope, now=now)
        except InputError as unclear:
            return Needs(may=False, sentence=str(unclear), oldest_days=0)
        oldest_days = max(0, -((asked.since_at - now) // _DAY))
        ask = _search(officer, asked, ground, now=now)
        verdict = self._door.verdict(ask)
        match verdict:
            case Refuse():
                return Needs(may=False, sentence=verdict.sentence, oldest_days=oldest_days)
            case NeedsAuthorisation():
                return Needs(
                    may=False,
                    sentence=said(verdict),
                    oldest_days=oldest_days,
                    authority=verdict.authority,
                    authorisers=verdict.count,
                )
            case Permit() if (cut := cut_at(verdict, now=now)) is None:
                return Needs(
                    may=True,
                    sentence=f"Nothing more. Oldest part {_days(oldest_days)}.",
                    oldest_days=oldest_days,
                )
        return self._needs_of_rest(ask, cut=cut, oldest_days=oldest_days)

    def _needs_of_rest(self, ask: Ask, *, cut: datetime, oldest_days: int) -> Needs:
        """Says what the part before a cut would need; the part behind it needs nothing more."""
        rest = self._door.verdict(replace(ask, until_at=cut - _SECOND))
        reaches = f"Reaches back to {cut:%d %b %Y %H:%M} UTC only."
        if isinstance(rest, NeedsAuthorisation):
            who = signers(rest.authority, count=rest.count)
            return Needs(
                may=True,
                sentence=f"{reaches} The part before it needs {who}.",
                oldest_days=oldest_days,
                authority=rest.authority,
                authorisers=rest.count,
            )
        if isinstance(rest, Refuse):
            why = rest.sentence.removeprefix("Not done: ").rstrip(".")
            reaches = f"{reaches} Not before it: {why}."
        return Needs(may=True, sentence=reaches, oldest_days=oldest_days)

    def search(self, officer: Officer, scope: Scope, ground: Ground, *, now: datetime) -> Found:
        """Searches the archive, newest first, one page.

        Args:
            officer: Who asks.
            scope: What; a page is continued with `before`.
            ground: Why.
            now: When.

        Returns:
            The page; marks that the officer did not name are masked.

        Raises:
            InputError: The mark, the pattern, the dates or the page is malformed.
            RefusedError: The policy says no; recorded.
            AuditUnavailableError: It could not be written down; nothing is shown.
        """
        asked = checked(scope, now=now)
        ask = _search(officer, asked, ground, now=now)

        def find(permit: Permit) -> Shown[Found]:
            cut = cut_at(permit, now=now)
            reached = replace(asked, since_at=cut or asked.since_at)
            names = self._cameras()
            started_s = time.perf_counter()
            with self._ledger.reading() as db:
                marks = of_list(db, reached, now=now)
            stored, more = self._archive.search(marks)
            took_s = time.perf_counter() - started_s
            found = Found(
                rows=tuple(_row(one, scope=asked, names=names) for one in stored),
                more=more,
                took_s=took_s,
                asked_seq=0,
                returned_seq=0,
                vehicles=len({one.read.fold for one in stored}),
                cut_at=cut,
                sentence=_said(stored, reached, cut=cut, cameras=len(names), now=now),
            )
            return Shown(
                found,
                ids=tuple(one.read.read_id for one in stored),
                controllers=frozenset(one.read.controller for one in stored),
            )

        looked = self._door.look(ask, find=find)
        return replace(looked.result, asked_seq=looked.asked_seq, returned_seq=looked.returned_seq)

    def open_read(
        self, officer: Officer, *, read_id: str, ground: Ground, now: datetime
    ) -> ReadDetail:
        """Opens one read: its mark in clear, other readings, both pictures.

        Args:
            officer: Who looks.
            read_id: From a row of a search.
            ground: Why.
            now: When.

        Raises:
            InputError: That is no read id.
            RefusedError: The policy says no, the read is older than this role reaches, or there
                is no such read; recorded.
            AuditUnavailableError: It could not be written down; nothing is shown.
        """
        ask = Ask(
            by=officer,
            capability="any_plate_image_voi",
            action=SEE,
            now=now,
            about={"what": "read", "read_id": read_id},
            facts={"through_permitted_desk": True},  # this is that desk
            ground=ground,
        )

        def find(_: Permit) -> Shown[ReadDetail]:
            read = self._archive.read(read_id)
            if read is None:
                raise RefusedError(
                    "Not opened: there is no such read any more. Search again.",
                    reason="unknown_read",
                )
            decided = self._door.weighed(_of_read(ask, read))
            permit = demanded(decided.verdict)
            rests_on = {"rule": permit.rule, "grant": decided.grant}
            plate_jpeg, vehicle_jpeg = self._archive.pictures(read_id) or (b"", b"")
            certainty = Certainty.POSSIBLE if read.repaired else Certainty.EXACT
            stored = StoredRead(read=ReadLine.of(read), certainty=certainty, key="")
            detail = ReadDetail(
                row=_clear_row(stored, names=self._cameras()),
                vrm=read.vrm,
                raw=read.vrm_raw,
                candidates=read.candidates,
                plate_jpeg=plate_jpeg,
                vehicle_jpeg=vehicle_jpeg,
                audit_seq=0,
            )
            whose = frozenset({read.controller})
            return Shown(detail, ids=(read_id,), controllers=whose, rests_on=rests_on)

        looked = self._door.look(ask, find=find)
        return replace(looked.result, audit_seq=looked.returned_seq)

    def _cameras(self) -> dict[str, Camera]:
        with self._ledger.reading() as db:
            return {camera.camera_id: camera for camera in cameras.every(db)}


def _search(officer: Officer, scope: Scope, ground: Ground, *, now: datetime) -> Ask:
    folds = tuple(fold(vrm) for vrm in named(scope))
    # what a hit or an incident is of was not asked for by its look-alikes
    hit = folds if scope.kind is not MatchKind.LOOKALIKE else ()
    tool = tool_of(scope)
    return Ask(
        by=officer,
        capability=SEARCH,
        now=now,
        about={
            "what": "search",
            "vrm": scope.vrm,
            "kind": scope.kind,
            "since_at": scope.since_at.isoformat(),
            "until_at": scope.until_at.isoformat(),
            "cameras": scope.cameras,
            "limit": scope.limit,
            "before": scope.before,
        },
        tool=tool,
        facts={
            "cameras": len(set(scope.cameras)),
            "window_s": -((scope.since_at - scope.until_at) // _SECOND),
        },
        looked_up=_hits(officer, folds=hit, reference="" if tool else ground.reference),
        ground=ground,
        since_at=scope.since_at,
        until_at=scope.until_at,
        folds=folds,
        fits=fits(scope),
        wanted=WantedScope(
            vrms=() if tool else named(scope) or (scope.vrm,),
            kind=MatchKind.EXACT if scope.kind is MatchKind.LISTED else scope.kind,
            cameras=tuple(sorted(set(scope.cameras))),
            since_at=scope.since_at,
            until_at=scope.until_at,
            tool=tool,
            purpose=PURPOSE_KEYS[ground.purpose],
            reference=ground.reference,
        ),
        counts=not scope.before,  # a further page belongs to the search that was counted
    )


def _of_read(ask: Ask, read: Read) -> Ask:
    """Turn the opening of a read into a search for just this one: its age and mark are known."""
    folds, ground = (read.fold,), ask.ground
    return replace(
        ask,
        capability=SEARCH,
        action="do",
        facts={},
        looked_up=_hits(ask.by, folds=folds, reference=ground.reference if ground else ""),
        since_at=read.captured_at,
        until_at=read.captured_at,
        folds=folds,
        fits=None,
        counts=False,
        wanted=None
        if ground is None
        else WantedScope(
            vrms=(read.vrm,),
            kind=MatchKind.EXACT,
            cameras=(read.camera_id,),
            since_at=read.captured_at,
            until_at=read.captured_at,
            tool="",
            purpose=PURPOSE_KEYS[ground.purpose],
            reference=ground.reference,
        ),
    )


def _hits(
    officer: Officer, *, folds: tuple[str, ...], reference: str
) -> Callable[[sqlite3.Connection], Mapping[str, Fact]]:
    """Say what a search rests on: an own hit, an open one, or the incident it names.

    Of several marks every one must be such a hit: one of them carries no other.

    The hub knows no command-and-control log, so that an incident counts by the form of its number;
    it stands in the record for a reviewer (S-62).
    """

    def look_up(db: sqlite3.Connection) -> Mapping[str, Fact]:
        incident = policies.in_force(db).grounds.references["incident"]
        return {
            "own_hit": bool(folds)
            and all(hits.is_own(db, one, staff_id=officer.staff_id) for one in folds),
            "open_hit_or_incident": incident.fullmatch(reference.strip()) is not None
            or (bool(folds) and all(hits.is_open(db, one) for one in folds)),
        }

    return look_up


def _row(stored: StoredRead, *, scope: Scope, names: dict[str, Camera]) -> ReadRow:
    row = _clear_row(stored, names=names)
    return replace(row, vrm=named_part(row.vrm, scope))


def _clear_row(stored: StoredRead, *, names: dict[str, Camera]) -> ReadRow:
    read = stored.read
    camera = names.get(read.camera_id)
    return ReadRow(
        read_id=read.read_id,
        camera_id=read.camera_id,
        camera_name=read.camera_id if camera is None else camera.name,
        captured_at=read.captured_at,
        vrm=read.vrm,
        certainty=stored.certainty,
        confidence=read.confidence,
        direction=read.direction,
        key=stored.key,
        cost=stored.cost,
    )


def _said(
    stored: list[StoredRead], scope: Scope, *, cut: datetime | None, cameras: int, now: datetime
) -> str:
    """What stands above the rows: the cut, and where nothing was found, where it was looked."""
    said = []
    if cut is not None:
        said.append(
            f"Searched back to {cut:%d %b %Y %H:%M} UTC only. For the rest ask for an authority."
        )
    if alike := sum(one.cost > 0 for one in stored):
        rows = "1 row is" if alike == 1 else f"{alike} rows are"
        said.append(f"{rows} of plates like it, masked until opened: judge by the picture.")
    if not stored and not scope.before:
        looked = len(scope.cameras) or cameras
        span = -((scope.since_at - min(scope.until_at, now)) // _DAY)
        plate = _OF_PLATES[scope.kind] if scope.vrm else ""
        places = "1 camera" if looked == 1 else f"{looked} cameras"
        said.append(f"No read {plate}in {_days(max(1, span))} at {places}.")
    return " ".join(said)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
