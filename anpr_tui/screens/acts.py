"""An officer's acts on alarms, the same from the list and from the opened alarm."""

from collections.abc import Callable

from anpr_tui.seat import Seat
from store.answers import Acted
from store.errors import StoreError
from store.terms import Alarm, Decision, Ground

__all__ = ["acknowledge", "decide", "undo"]


async def acknowledge(seat: Seat, alarm: Alarm, *, show: Callable[[], object]) -> None:
    """Acknowledges; the word changes only when the hub has written it down."""
    try:
        acted = await seat.hub.acknowledge(alarm.alarm_id)
    except StoreError as refused:
        seat.say(str(refused))
        return
    seat.last_acknowledged = alarm.alarm_id
    _take(seat, acted, f"{alarm.alarm_id} acknowledged by you; u undoes it for 10 s.", show=show)


async def undo(seat: Seat, *, show: Callable[[], object]) -> None:
    """Takes back this officer's last acknowledgement; the hub says whether it is too late."""
    if not seat.last_acknowledged:
        seat.say("Nothing to undo: you have acknowledged no alarm just now.")
        return
    try:
        acted = await seat.hub.unacknowledge(seat.last_acknowledged)
    except StoreError as refused:
        seat.say(str(refused))
        return
    seat.last_acknowledged = ""
    _take(seat, acted, f"{acted.alarm.alarm_id} is new again.", show=show)


async def decide(
    seat: Seat,
    alarm_id: str,
    *,
    decision: Decision,
    resource: str,
    log_ref: str,
    why: str,
    ground: Ground | None,
) -> bool:
    """Records a disposition; False where the hub refused it, in its words on the notice line."""
    try:
        acted = await seat.hub.decide(
            alarm_id,
            decision=decision,
            resource=resource,
            log_ref=log_ref,
            why=why,
            ground=ground,
        )
    except StoreError as refused:
        seat.say(str(refused))
        return False
    _take(seat, acted, f"{alarm_id} recorded: {decision}.", show=lambda: None)
    return True


def _take(seat: Seat, acted: Acted, sentence: str, *, show: Callable[[], object]) -> None:
    seat.board.take(acted.alarm)
    seat.say(f"{sentence} Audit {acted.audit_seq:,}.")
    show()
