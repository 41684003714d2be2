"""Times as the ledger keeps them: whole microseconds since 1970-01-01 UTC, so they sort."""

from datetime import UTC, datetime, timedelta

__all__ = ["from_us", "to_us"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(at: datetime) -> int:
    """Turn an aware time into microseconds.

    Raises:
        TypeError: The time has no zone.
    """
    return (at - _EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    """Turn microseconds into an aware UTC time."""
    return _EPOCH + us * _MICROSECOND
