"""The auditor's desk: the dip sample, its reviews, flags, figures, and everybody's own record.

The auditor is recorded as everybody is: the sample, each record opened, each mark given (S-63).
"""

import re
import sqlite3
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from store.audit.checkpoints import checkpoints_of, lines_of, parsed
from store.audit.verifying import verify as verified
from store.door import SEE, Ask, Door, Shown
from store.errors import InputError, RefusedError, UnavailableError
from store.governance.oversight.drawing import Month, draw
from store.governance.oversight.flags import Flag, flags
from store.governance.oversight.looks import look_in
from store.governance.oversight.publication import Figures, figures
from store.ledger.alarms import board
from store.ledger.ledger import Ledger
from store.ledger.oversight import months, reviews
from store.ledger.oversight.reviews import Outcome, Review
from store.ledger.oversight.sampled import Opened, OwnRecord, Row, Sample
from store.ledger.rules import policies
from store.reviews import ChainState
from store.terms import Officer
from store.vrm import fold

__all__ = ["AuditDesk", "open_audit"]

_OWN_ROWS = 100
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


class AuditDesk:
    """What the auditor does, and the one thing that everybody may: read their own record."""

    def __init__(self, *, door: Door, ledger: Ledger, witness: Path | None = None) -> None:
        """Stands between the door and the chain; `witness` is the file the hub signs to outside."""
        self._door = door
        self._witness = witness
        self._ledger = ledger

    def sample(self, officer: Officer, *, month: str, now: datetime) -> Sample:
        """Draws the sample of a month that has ended; everybody who draws it gets the same.

        Args:
            officer: Who asks.
            month: As "2026-10".
            now: When.

        Raises:
            InputError: That is no month.
            RefusedError: Not for this role, or the month has not ended.
            UnavailableError: No checkpoint was signed since it ended.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[Sample]:
            sample = self._drawn(_month(month), now=now)
            return Shown(sample, ids=tuple(str(row.look.seq) for row in sample.rows))

        ask = self._ask(officer, "run_audits", what="sample", now=now, month=month)
        return self._door.look(ask, find=find).result

    def open(self, officer: Officer, *, month: str, seq: int, now: datetime) -> Opened:
        """Opens a search or a deployment of the sample with its mark; an act of its own.

        Raises:
            RefusedError: Not for this role, or not in the sample.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[Opened]:
            self._in_sample(month, seq, now=now)
            with self._ledger.reading() as db:
                body = months.record(db, seq) or {}
                look = look_in(seq, body)
                if look is None:
                    raise _not_drawn()
                vrm = str(body.get("about", {}).get("vrm", "")) or _mark_of(db, look.alarm_id)
            return Shown(Opened(look, vrm, 0), ids=(str(seq),))

        ask = self._ask(officer, "run_audits", what="open", now=now, month=month, opened=seq)
        looked = self._door.look(ask, find=find)
        return replace(looked.result, audit_seq=looked.returned_seq)

    def review(
        self,
        officer: Officer,
        *,
        month: str,
        seq: int,
        outcome: Outcome,
        note: str = "",
        category: str = "",
        told: str = "",
        now: datetime,
    ) -> int:
        """Says what became of a search of the sample.

        Returns:
            The audit record.

        Raises:
            RefusedError: Not for this role, not in the sample, their own, or settled.
            InputError: Words are missing.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._ask(officer, "run_audits", what="review", now=now, month=month, reviewed=seq)

        def make(tx: Any) -> Review:
            row = self._in_sample(month, seq, now=now)
            return reviews.review(
                tx,
                month=month,
                seq=seq,
                searched_by=row.look.by,
                outcome=outcome,
                by=officer.staff_id,
                now=now,
                category=category,
                note=note,
                told=told,
            )

        return self._door.change(ask, make=make).audit_seq

    def flags(self, officer: Officer, *, month: str, now: datetime) -> tuple[Flag, ...]:
        """Shows the patterns of a month that a reviewer should look at.

        Raises:
            InputError: That is no month.
            RefusedError: Not for this role.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[tuple[Flag, ...]]:
            found = self._flags(_month(month))
            return Shown(found, ids=tuple(f"{one.kind} {one.by}" for one in found))

        ask = self._ask(officer, "run_audits", what="flags", now=now, month=month)
        return self._door.look(ask, find=find).result

    def figures(self, officer: Officer, *, month: str, now: datetime) -> Figures:
        """Counts a month for publication, without places and people (S-66).

        Raises:
            InputError: That is no month.
            RefusedError: Not for this role.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[Figures]:
            wanted = _month(month)
            with self._ledger.reading() as db:
                bodies = list(
                    months.between(db, since_at=wanted.begins_at, until_at=wanted.ends_at)
                )
            looks = [look for seq, body in bodies if (look := look_in(seq, body)) is not None]
            return Shown(figures(looks, bodies=[body for _, body in bodies]), ids=())

        ask = self._ask(officer, "run_audits", what="figures", now=now, month=month)
        return self._door.look(ask, find=find).result

    def chain(self, officer: Officer, *, now: datetime) -> ChainState:
        """Walks the whole chain with the auditor's own code and holds it against what was signed.

        Raises:
            RefusedError: Not for this role.
            CorruptError: The ledger cannot be opened at all.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[ChainState]:
            started_s = time.perf_counter()
            named = self._witness
            witness = named if named is not None and named.is_file() else None
            verdict = verified(self._ledger.path.parents[1], witness=witness)
            state = ChainState(
                holds=verdict.holds,
                records=verdict.walked.last,
                weeded=verdict.walked.weeded,
                signed=verdict.signed,
                took_s=time.perf_counter() - started_s,
                finding=str(verdict.findings[0]) if verdict.findings else "",
                agreed=-1 if named is None else verdict.agreed,
            )
            return Shown(state, ids=())

        ask = self._ask(officer, "audit_log_all", what="verify", now=now)
        return self._door.look(ask, find=find).result

    def own(self, officer: Officer, *, before: int = 0, now: datetime) -> OwnRecord:
        """Shows somebody their own record and what is asked of them (S-62).

        Args:
            officer: Whose.
            before: Only records with smaller numbers; 0 for the newest.
            now: When.

        Raises:
            RefusedError: Not for this role.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[OwnRecord]:
            with self._ledger.reading() as db:
                known = months.of_officer(db, officer.staff_id, count=_OWN_ROWS, before=before)
                asked = reviews.questions_to(db, officer.staff_id)
            return Shown(OwnRecord(known, asked), ids=tuple(str(seq) for seq, _ in known))

        ask = self._ask(officer, "audit_log_own", what="own record", now=now, own=True)
        return self._door.look(ask, find=find).result

    def answer(self, officer: Officer, *, seq: int, words: str, now: datetime) -> int:
        """Answers what a reviewer asked about one's own search.

        Returns:
            The audit record.

        Raises:
            RefusedError: Nothing is asked about it, or seven days are over.
            InputError: There are no words.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._ask(officer, "audit_log_own", what="answer", now=now, own=True, answered=seq)
        return self._door.change(
            ask,
            make=lambda tx: reviews.answer(tx, seq=seq, by=officer.staff_id, words=words, now=now),
        ).audit_seq

    def _drawn(self, month: Month, *, now: datetime) -> Sample:
        if now < month.ends_at:
            raise RefusedError(
                "Not drawn: the month has not ended. A sample is drawn from a checkpoint that "
                "nobody can know while they search.",
                reason="month_not_ended",
            )
        tip, drawn_at, size = self._checkpoint_after(month.ends_at)
        with self._ledger.reading() as db:
            every = months.between(db, since_at=month.begins_at, until_at=month.ends_at)
            looks = [
                look
                for seq, body in every
                if seq <= size and (look := look_in(seq, body)) is not None
            ]
            drawn = draw(looks, checkpoint=tip, sampling=policies.in_force(db).sampling)
            known = reviews.of_month(db, _name(month))
            outcomes = {one.look.seq: months.outcome_of(db, one.look.seq) for one in drawn}
        kinds = self._kinds(month)
        rows = tuple(
            Row(
                look=replace(one.look, fold=""),
                why=one.why,
                found=_count(outcomes[one.look.seq]),
                flags=kinds.get(one.look.seq, ()),
                review=known.get(one.look.seq),
            )
            for one in drawn
        )
        due_at = month.ends_at + timedelta(days=30)
        return Sample(_name(month), tip.hex(), drawn_at, due_at, rows)

    def _in_sample(self, month: str, seq: int, *, now: datetime) -> Row:
        for row in self._drawn(_month(month), now=now).rows:
            if row.look.seq == seq:
                return row
        raise _not_drawn()

    def _checkpoint_after(self, at: datetime) -> tuple[bytes, datetime, int]:
        """Give hash, time and size of the first checkpoint that was signed after a moment."""
        for _, line in lines_of(checkpoints_of(self._ledger.path.parents[1])):
            checkpoint = parsed(line)
            if checkpoint is not None and (when := _moment(checkpoint.at)) >= at:
                return checkpoint.tip, when, checkpoint.size
        raise UnavailableError(
            "Not drawn: no checkpoint was signed since the month ended. Let the hub sign "
            "(`anpr audit checkpoint`), then draw."
        )

    def _flags(self, month: Month) -> tuple[Flag, ...]:
        """Flags of a month; repeats may have begun in the month before."""
        with self._ledger.reading() as db:
            limits = policies.in_force(db).flags
            window = timedelta(seconds=limits["searches_of_vrm_window_s"])
            every = months.between(db, since_at=month.begins_at - window, until_at=month.ends_at)
            looks = [
                replace(look, fold=look.fold or fold(_mark_of(db, look.alarm_id)))
                for seq, body in every
                if (look := look_in(seq, body)) is not None
            ]
        inside = {look.seq for look in looks if month.holds(look.at)}
        return tuple(one for one in flags(looks, limits=limits) if inside & set(one.seqs))

    def _kinds(self, month: Month) -> dict[int, tuple[str, ...]]:
        kinds: dict[int, tuple[str, ...]] = {}
        for flag in self._flags(month):
            for seq in flag.seqs:
                kinds[seq] = (*kinds.get(seq, ()), flag.kind)
        return kinds

    @staticmethod
    def _ask(
        officer: Officer,
        capability: str,
        *,
        what: str,
        now: datetime,
        own: bool = False,
        **about: Any,
    ) -> Ask:
        return Ask(
            by=officer,
            capability=capability,
            action=SEE if what not in {"open", "review"} else "do",
            now=now,
            about={"what": what, **about},
            facts={"own": True} if own else {"narrowed_by": "nobody"},
        )


def open_audit(ledger: Ledger) -> AuditDesk:
    """Sets up the auditor's desk alone, beside a hub that runs or does not."""
    return AuditDesk(door=Door(ledger), ledger=ledger)


def _month(text: str) -> Month:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise InputError("Not drawn: a month is written as 2026-10.")
    return Month(int(found[1]), int(found[2]))


def _name(month: Month) -> str:
    return f"{month.year}-{month.number:02}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _count(outcome: dict[str, Any] | None) -> int | None:
    count = None if outcome is None else outcome.get("about", {}).get("count")
    return count if isinstance(count, int) else None


def _mark_of(db: sqlite3.Connection, alarm_id: str) -> str:
    """Give the mark of an alarm; empty where there is no such alarm, or it lost its vehicle."""
    alarm = board.by_id(db, alarm_id)
    return "" if alarm is None else alarm.vrm


def _not_drawn() -> RefusedError:
    return RefusedError(
        "Not done: that record is not in the sample. The sample is drawn, not chosen.",
        reason="not_drawn",
    )
