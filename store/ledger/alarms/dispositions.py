"""How officers answer alarms: take one on, give it back, record the disposition (S-24).

Each answer is checked and written in one transaction, so that of two officers who answer at once
one is first and the other is told.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from store.errors import RefusedError
from store.ledger import audit
from store.ledger.alarms.board import alarm_number, by_id
from store.ledger.alarms.raising import next_seq
from store.ledger.instants import to_us
from store.ledger.ledger import Transaction
from store.ledger.rules import policies, vehicles
from store.purposes import kept, to_column
from store.terms import Alarm, AlarmState, Decision, Disposition
from store.vrm import fold

__all__ = ["acknowledge", "decide", "pass_on", "unacknowledge"]


def acknowledge(tx: Transaction, alarm_id: str, *, staff_id: str, now: datetime) -> Alarm:
    """Take an alarm on; the first officer has it, and taking it twice changes nothing.

    Raises:
        RefusedError: There is no such alarm, another officer has it, or it is answered.
    """
    alarm = _demand(tx, alarm_id, not_done="Not acknowledged")
    if alarm.state is AlarmState.ACKNOWLEDGED and alarm.acknowledged_by == staff_id:
        return alarm
    if alarm.state is AlarmState.ACKNOWLEDGED:
        raise RefusedError(
            f"Not acknowledged: {alarm.acknowledged_by} has {alarm_id} already. "
            "You can still record a disposition.",
            reason="already_acknowledged",
        )
    _demand_unanswered(alarm, not_done="Not acknowledged")
    tx.execute(
        "UPDATE alarm SET state = 'acknowledged', acknowledged_by = ?, acknowledged_us = ?, "
        "seq = ? WHERE alarm_no = ?",
        (staff_id, to_us(now), next_seq(tx), alarm_number(alarm_id)),
    )
    audit.append(tx, "alarm acknowledged", by=staff_id, now=now, about={"alarm_id": alarm_id})
    return _demand(tx, alarm_id, not_done="Not done")


def unacknowledge(tx: Transaction, alarm_id: str, *, staff_id: str, now: datetime) -> Alarm:
    """Take back an acknowledgement, within ten seconds and by the officer who gave it.

    Raises:
        RefusedError: It is not this officer's, or too late.
    """
    alarm = _demand(tx, alarm_id, not_done="Not taken back")
    _demand_unanswered(alarm, not_done="Not taken back")
    if alarm.acknowledged_by != staff_id or alarm.acknowledged_at is None:
        raise RefusedError(
            f"Not taken back: you have not acknowledged {alarm_id}. Acknowledge it first, "
            "or ask the officer who has it.",
            reason="not_yours",
        )
    allowed_s = policies.in_force(tx).figures.alarms.unacknowledge_s
    allowed = timedelta(seconds=allowed_s)
    if not timedelta(0) <= now - alarm.acknowledged_at <= allowed:
        raise RefusedError(
            f"Not taken back: that is possible for {allowed_s} s only. "
            "Record a disposition instead.",
            reason="too_late",
        )
    tx.execute(
        "UPDATE alarm SET state = 'new', acknowledged_by = '', acknowledged_us = NULL, seq = ? "
        "WHERE alarm_no = ?",
        (next_seq(tx), alarm_number(alarm_id)),
    )
    audit.append(
        tx, "acknowledgement taken back", by=staff_id, now=now, about={"alarm_id": alarm_id}
    )
    return _demand(tx, alarm_id, not_done="Not done")


def pass_on(tx: Transaction, *, staff_id: str, now: datetime) -> int:
    """Let everybody have the alarms again that somebody held who may act no more (S-22).

    Returns:
        How many they were.
    """
    rows = tx.execute(
        "SELECT alarm_no FROM alarm WHERE state = 'acknowledged' AND acknowledged_by = ?",
        (staff_id,),
    ).fetchall()
    for (number,) in rows:
        tx.execute(
            "UPDATE alarm SET state = 'new', acknowledged_by = '', acknowledged_us = NULL, "
            "seq = ? WHERE alarm_no = ?",
            (next_seq(tx), number),
        )
    if rows:
        about = {"held_by": staff_id, "alarms": len(rows)}
        audit.append(tx, "alarms passed on", by=audit.HUB, now=now, about=about)
    return len(rows)


def decide(tx: Transaction, alarm_id: str, *, disposition: Disposition) -> Alarm:
    """Record the answer to an alarm; it is final, and the next sight raises a new alarm (S-24).

    Raises:
        RefusedError: There is no such alarm, it is answered already, nothing was deployed and no
            reason is given, or a unit is sent on no ground (S-1).
    """
    alarm = _demand(tx, alarm_id, not_done="Not recorded")
    _demand_unanswered(alarm, not_done="Not recorded")
    if disposition.decision is Decision.NOT_DEPLOYED and not disposition.why.strip():
        raise RefusedError(
            'Not recorded: "not deployed" needs a reason. Write why nobody was sent.',
            reason="why_missing",
        )
    ground = disposition.ground
    if disposition.decision.sends and ground is None:
        raise RefusedError(
            "Not recorded: a unit is sent on a ground. Give purpose, reference and reason.",
            reason="ground_missing",
        )
    tx.execute(
        "UPDATE alarm SET state = 'actioned', decision = ?, resource = ?, log_ref = ?, why = ?, "
        "ground = ?, decided_by = ?, decided_us = ?, seq = ? WHERE alarm_no = ?",
        (
            disposition.decision,
            disposition.resource,
            disposition.log_ref,
            disposition.why,
            to_column(ground),
            disposition.staff_id,
            to_us(disposition.decided_at),
            next_seq(tx),
            alarm_number(alarm_id),
        ),
    )
    audit.append(
        tx,
        "alarm decided",
        by=disposition.staff_id,
        now=disposition.decided_at,
        about={
            "alarm_id": alarm_id,
            "decision": disposition.decision,
            "resource": disposition.resource,
            "log_ref": disposition.log_ref,
            "why": disposition.why,
            **_sent_on(tx, disposition, alarm=alarm),
        },
    )
    return _demand(tx, alarm_id, not_done="Not done")


def _sent_on(tx: Transaction, disposition: Disposition, *, alarm: Alarm) -> Mapping[str, object]:
    """Say on what a unit is sent, and whose vehicle it is sent to where that is one of staff."""
    if disposition.ground is None:
        return {}
    whose = vehicles.flags(tx, [fold(alarm.vrm)], staff_id=disposition.staff_id)
    return {"ground": kept(disposition.ground), **({"vehicles_of": whose} if whose else {})}


def _demand(tx: Transaction, alarm_id: str, *, not_done: str) -> Alarm:
    alarm = by_id(tx, alarm_id)
    if alarm is None:
        raise RefusedError(
            f"{not_done}: there is no such alarm. Look at the board again.", reason="unknown_alarm"
        )
    return alarm


def _demand_unanswered(alarm: Alarm, *, not_done: str) -> None:
    if alarm.disposition is not None:
        raise RefusedError(
            f"{not_done}: {alarm.disposition.staff_id} has answered {alarm.alarm_id}. "
            "The answer stands; the next sight raises a new alarm.",
            reason="already_answered",
        )
