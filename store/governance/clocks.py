"""What hangs on a clock is refused where the clock cannot be right. Pure.

A clock that jumped a year ahead would weed every read there is. So time is believed only in small
steps: past the newest moment that is known to have been, by no more than the policy's bound.
"""

from datetime import UTC, datetime, timedelta

from store.governance.rulebook.figures import Figures

__all__ = ["believed", "misdated"]


def believed(now: datetime, *, seen_at: datetime | None, policy: Figures) -> bool:
    """Say whether a clock may be believed.

    Args:
        now: What it shows, aware.
        seen_at: The newest moment that is known to have been; None where nothing is known yet.
        policy: Gives the bound.
    """
    return seen_at is None or now - seen_at <= timedelta(seconds=policy.clocks.ahead_max_s)


def misdated(captured_at: datetime, *, received_at: datetime, policy: Figures) -> str:
    """Say why a capture is refused for its date, or nothing where it is sound.

    Args:
        captured_at: The camera's time, aware.
        received_at: When its bytes reached the hub, aware.
        policy: Gives the bounds: how far ahead, and how long reads are kept (S-74).
    """
    ahead_s = policy.clocks.capture_ahead_max_s
    if captured_at - received_at > timedelta(seconds=ahead_s):
        return f"captured more than {ahead_s // 3600} h in the future: set the camera's clock"
    # whole days, as they are weeded: what came in time on its last day is not turned away
    oldest_at = received_at.astimezone(UTC) - timedelta(seconds=policy.reads_s)
    if captured_at.astimezone(UTC).date() < oldest_at.date():
        return (
            f"captured more than {policy.reads_s // 86_400} days ago, which is past retention: "
            "set the camera's clock"
        )
    return ""
