"""The alarm desk: see the board, open an alarm, take it on, answer it (S-22 to S-26)."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from store.answers import Acted, AlarmBoard, AlarmDetail
from store.archive.search import Archive
from store.door import SEE, Ask, Door, Shown
from store.errors import CorruptError, RefusedError, UnavailableError
from store.governance.deployments import proposed
from store.governance.rulebook.nouns import Fact
from store.ledger import cameras, lists
from store.ledger.alarms import board, dispositions
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.terms import Alarm, Decision, Disposition, Ground, Officer

__all__ = ["AlarmsDesk"]


class AlarmsDesk:
    """What operators do with alarms; each act is audited together with what it changed."""

    def __init__(self, *, door: Door, ledger: Ledger, archive: Archive) -> None:
        """Stands between the door, the ledger's alarms and the archive's pictures."""
        self._door = door
        self._ledger = ledger
        self._archive = archive

    def alarms(self, officer: Officer, *, limit: int, now: datetime) -> AlarmBoard:
        """Shows the board.

        Args:
            officer: Who looks.
            limit: Most alarms shown, 1 to 1,000; unanswered High are shown beyond it (S-26).
            now: When.

        Raises:
            RefusedError: Alarms are not for this officer's role.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[AlarmBoard]:
            with self._ledger.reading() as db:
                alarms = board.board(db, limit=limit)
                counts = board.counts(db, now=now)
                controllers = cameras.controllers(db, {alarm.camera_id for alarm in alarms})
            shown = AlarmBoard(
                alarms=alarms,
                high_new=counts.high_new,
                rate_per_10min=counts.rate_per_10min,
                seq=counts.seq,
            )
            return Shown(shown, ids=tuple(a.alarm_id for a in alarms), controllers=controllers)

        return self._door.look(_see(officer, {"what": "board"}, now=now), find=find).result

    def follow(self, officer: Officer, *, now: datetime) -> int:
        """Begins to tell an officer of alarms as they change, and says from where.

        Returns:
            The newest change of any alarm.

        Raises:
            RefusedError: Alarms are not for this officer's role.
            AuditUnavailableError: It could not be written down that they follow.
        """
        ask = _see(officer, {"what": "follow"}, now=now)
        return self._door.look(ask, find=lambda _: Shown(self.newest_change(), ids=())).result

    def alarm(self, officer: Officer, *, alarm_id: str, now: datetime) -> AlarmDetail:
        """Opens one alarm with its pictures and sights.

        Pictures that the archive cannot give are left empty: an alarm opens all the same.

        Raises:
            RefusedError: Alarms are not for this officer's role, or there is no such alarm.
            AuditUnavailableError: The look could not be written down.
        """

        def find(_: object) -> Shown[AlarmDetail]:
            with self._ledger.reading() as db:
                alarm = board.by_id(db, alarm_id)
                if alarm is None:
                    raise RefusedError(
                        "Not opened: there is no such alarm. Look at the board again.",
                        reason="unknown_alarm",
                    )
                sights = board.sights(db, alarm_id)
                version = lists.in_force(db, alarm.entry.list_name)
                at = {alarm.camera_id, *(sight.camera_id for sight in sights)}
                controllers = cameras.controllers(db, at)
                ground = proposed(
                    alarm.entry,
                    listed=None if version is None else version.ground,
                    book=policies.in_force(db),
                )
            pictures = None
            with suppress(UnavailableError, CorruptError):
                pictures = self._archive.pictures(alarm.read_id)
            plate_jpeg, vehicle_jpeg = pictures or (b"", b"")
            detail = AlarmDetail(
                alarm=alarm,
                plate_jpeg=plate_jpeg,
                vehicle_jpeg=vehicle_jpeg,
                sights=sights,
                list_loaded_at=None if version is None else version.loaded_at,
                audit_seq=0,
                ground=ground,
            )
            ids = (alarm_id, *(sight.read_id for sight in sights))
            return Shown(detail, ids=ids, controllers=controllers)

        about = {"what": "alarm", "alarm_id": alarm_id}
        looked = self._door.look(_see(officer, about, now=now), find=find)
        return replace(looked.result, audit_seq=looked.returned_seq)

    def acknowledge(self, officer: Officer, *, alarm_id: str, now: datetime) -> Acted:
        """Takes an alarm on; of two officers at once, one has it and the other is told who.

        Raises:
            RefusedError: Not for this role, no such alarm, a colleague has it, or it is answered.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        return self._answer(
            officer,
            what="acknowledge",
            alarm_id=alarm_id,
            now=now,
            make=lambda tx: dispositions.acknowledge(
                tx, alarm_id, staff_id=officer.staff_id, now=now
            ),
        )

    def unacknowledge(self, officer: Officer, *, alarm_id: str, now: datetime) -> Acted:
        """Gives an alarm back: the same officer, within ten seconds.

        Raises:
            RefusedError: Not for this role, not this officer's, or too late.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        return self._answer(
            officer,
            what="unacknowledge",
            alarm_id=alarm_id,
            now=now,
            make=lambda tx: dispositions.unacknowledge(
                tx, alarm_id, staff_id=officer.staff_id, now=now
            ),
        )

    def decide(
        self,
        officer: Officer,
        *,
        alarm_id: str,
        decision: Decision,
        resource: str,
        log_ref: str,
        why: str,
        ground: Ground | None = None,
        now: datetime,
    ) -> Acted:
        """Records the answer to an alarm; it is final (S-24).

        Args:
            officer: Who answers.
            alarm_id: The alarm.
            decision: The answer.
            resource: Unit sent, or the force it is passed to.
            log_ref: Its command-and-control log.
            why: Why nobody was sent, where nobody was.
            ground: On what a unit is sent; demanded where one is (S-1).
            now: When.

        Raises:
            RefusedError: Not for this role, no such alarm, answered already, a reason is owed, or
                a unit is sent on no ground or on one that nobody could review.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        sent_on = ground if decision.sends else None
        disposition = Disposition(
            decision=decision,
            resource=resource.strip(),
            log_ref=log_ref.strip(),
            why=why.strip(),
            staff_id=officer.staff_id,
            decided_at=now,
            ground=sent_on,
        )
        answer = decision.name.lower()
        return self._answer(
            officer,
            what="decide",
            alarm_id=alarm_id,
            now=now,
            make=lambda tx: dispositions.decide(tx, alarm_id, disposition=disposition),
            facts={"disposition": answer, "reason": disposition.why or "none"},
            ground=sent_on,
        )

    def newest_change(self) -> int:
        """Gives the number of the newest change of any alarm; for the feed."""
        with self._ledger.reading() as db:
            return board.newest_seq(db)

    def changed_since(self, seq: int, limit: int) -> tuple[Alarm, ...]:
        """Gives alarms changed after a number, oldest change first; for the feed.

        What it gives goes only to officers whose `follow` was permitted and written down.
        """
        with self._ledger.reading() as db:
            return board.since(db, seq, limit=limit)

    def _answer(
        self,
        officer: Officer,
        *,
        what: str,
        alarm_id: str,
        now: datetime,
        make: Callable[[Transaction], Alarm],
        facts: Mapping[str, Fact] = MappingProxyType({"disposition": "none"}),
        ground: Ground | None = None,
    ) -> Acted:
        ask = Ask(
            by=officer,
            capability="acknowledge_alarm",
            now=now,
            about={"what": what, "alarm_id": alarm_id},
            facts={**facts, "bulk": False},  # one alarm at a time, High or not (S-26)
            ground=ground,
        )
        changed = self._door.change(ask, make=make)
        return Acted(alarm=changed.result, audit_seq=changed.audit_seq)


def _see(officer: Officer, about: Mapping[str, object], *, now: datetime) -> Ask:
    return Ask(by=officer, capability="live_hit_feed", action=SEE, now=now, about=about)
