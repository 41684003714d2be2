"""How long reads are kept: which days of capture are past their time (S-74). Pure.

Bounds are inclusive and data goes by whole days (UTC): a day goes when its last instant is older
than the policy allows. What is past its time within the day that still stays is refused by the
second where it is asked for (`store.governance.rulebook`).
"""

from datetime import UTC, date, datetime, timedelta

__all__ = ["CEILING_S", "first_day_kept"]

CEILING_S = 2 * 365 * 86_400
"""Nothing is kept for longer than 24 months, whatever a policy says (S-74)."""


def first_day_kept(now: datetime, *, reads_s: int) -> date:
    """Give the oldest day of capture that stays; every day before it is past its time.

    Args:
        now: Aware time.
        reads_s: How long the policy keeps reads, in seconds; more than the ceiling counts as it.
    """
    oldest_at = now.astimezone(UTC) - timedelta(seconds=min(reads_s, CEILING_S))
    return oldest_at.date()
