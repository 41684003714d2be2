"""The search desk: what a search would need, the search itself, and opening one read.

Every search and every opening is on record before the archive is asked, and again, with what it
returned, before anything leaves (S-54, S-62). The age limit of the role cuts a search and says so
(S-60).
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta

from store.answers import Found, Needs, ReadDetail
from store.archive.finding.found import ReadLine, StoredRead
from store.archive.search import Archive
from store.desks.masking import named_part
from store.door import Ask, Door, Shown
from store.errors import InputError, RefusedError
from store.governance.decisions import Act, Permit, Refuse
from store.governance.policy import POLICY
from store.ledger import cameras
from store.ledger.ledger import Ledger
from store.terms import Camera, Certainty, Ground, MatchKind, Officer, ReadRow, Scope
from store.vrm import Pattern, mark, normalise

__all__ = ["SearchesDesk"]

_DAY = timedelta(days=1)


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
            asked = _checked(scope)
        except InputError as unclear:
            return Needs(may=False, sentence=str(unclear), oldest_days=0)
        oldest_days = max(0, -((asked.since_at - now) // _DAY))
        verdict = self._door.verdict(_search(officer, asked, ground, now=now))
        match verdict:
            case Refuse():
                return Needs(may=False, sentence=verdict.sentence, oldest_days=oldest_days)
            case Permit(cut_at=None):
                sentence = f"Nothing more. Oldest part {_days(oldest_days)}; {_limit(officer)}."
            case Permit():
                sentence = (
                    f"Reaches back to {verdict.cut_at:%d %b %Y %H:%M} UTC only; {_limit(officer)}. "
                    "For the rest ask the ANPR Manager."
                )
        return Needs(may=True, sentence=sentence, oldest_days=oldest_days)

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
        asked = _checked(scope)

        def find(permit: Permit) -> Shown[Found]:
            reached = replace(asked, since_at=permit.cut_at or asked.since_at)
            names = self._cameras()
            started_s = time.perf_counter()
            stored, more = self._archive.search(reached)
            took_s = time.perf_counter() - started_s
            found = Found(
                rows=tuple(_row(one, scope=asked, names=names) for one in stored),
                more=more,
                took_s=took_s,
                asked_seq=0,
                returned_seq=0,
                vehicles=len({one.read.fold for one in stored}),
                cut_at=permit.cut_at,
                sentence=_said(stored, reached, permit=permit, cameras=len(names), now=now),
            )
            return Shown(found, ids=tuple(one.read.read_id for one in stored))

        looked = self._door.look(_search(officer, asked, ground, now=now), find=find)
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
            act=Act.OPEN_READ,
            now=now,
            about={"what": "read", "read_id": read_id},
            ground=ground,
            since_at=now,  # its age is known only once it is found: `find` asks the policy again
            until_at=now,
        )

        def find(_: Permit) -> Shown[ReadDetail]:
            read = self._archive.read(read_id)
            if read is None:
                raise RefusedError(
                    "Not opened: there is no such read any more. Search again.",
                    reason="unknown_read",
                )
            aged = replace(ask, since_at=read.captured_at, until_at=read.captured_at)
            verdict = self._door.verdict(aged)
            if isinstance(verdict, Refuse):
                raise RefusedError(verdict.sentence, reason=verdict.code)
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
            return Shown(detail, ids=(read_id,))

        looked = self._door.look(ask, find=find)
        return replace(looked.result, audit_seq=looked.returned_seq)

    def _cameras(self) -> dict[str, Camera]:
        with self._ledger.reading() as db:
            return {camera.camera_id: camera for camera in cameras.every(db)}


def _checked(scope: Scope) -> Scope:
    """Writes a scope in its canonical form.

    Raises:
        InputError: It cannot be searched, whoever asks.
    """
    if scope.since_at.utcoffset() is None or scope.until_at.utcoffset() is None:
        raise InputError("Not searched: the dates have no time zone. Give both in UTC.")
    if not scope.vrm:
        return scope
    if scope.kind is MatchKind.WILDCARD:
        Pattern.compile(scope.vrm)
        return replace(scope, vrm=normalise(scope.vrm))
    return replace(scope, vrm=mark(scope.vrm))


def _search(officer: Officer, scope: Scope, ground: Ground, *, now: datetime) -> Ask:
    return Ask(
        by=officer,
        act=Act.SEARCH if scope.vrm else Act.SEARCH_PLACE,
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
        ground=ground,
        since_at=scope.since_at,
        until_at=scope.until_at,
        cameras=len(set(scope.cameras)),
    )


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
    )


def _said(
    stored: list[StoredRead], scope: Scope, *, permit: Permit, cameras: int, now: datetime
) -> str:
    """What stands above the rows: the cut, and where nothing was found, where it was looked."""
    said = [permit.sentence] if permit.sentence else []
    if not stored and not scope.before:
        looked = len(scope.cameras) or cameras
        span = -((scope.since_at - min(scope.until_at, now)) // _DAY)
        plate = "of this plate " if scope.vrm else ""
        places = "1 camera" if looked == 1 else f"{looked} cameras"
        said.append(f"No read {plate}in {_days(max(1, span))} at {places}.")
    return " ".join(said)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _limit(officer: Officer) -> str:
    """The role's own limit in words; a role the policy does not know never gets this far."""
    oldest_s = POLICY.roles[officer.role].oldest_s
    reach = "24 hours" if oldest_s <= 86_400 else _days(oldest_s // 86_400)
    return f"your own limit is {reach}"
