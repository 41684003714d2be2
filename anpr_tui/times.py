"""Times as officers write them: local clock on the screen, aware UTC everywhere else."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = [
    "FORCE_ZONE",
    "TimeNotReadError",
    "age",
    "clock",
    "day_and_clock",
    "list_age",
    "parse_when",
    "since",
    "whole_minutes",
]

FORCE_ZONE = ZoneInfo("Europe/London")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BACK = re.compile(r"-\s*(\d{1,4})\s*([mhd])")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DATE = re.compile(r"(\d{1,2})\s+([a-z]{3})[a-z]*(?:\s+(\d{4}))?(?:\s+(\d{1,2}):(\d{1,2}))?")
_UNIT = {"m": "minutes", "h": "hours", "d": "days"}


class TimeNotReadError(ValueError):
    """What was typed is no time; the message says which forms are known."""

    def __init__(self) -> None:
        super().__init__("Not a time: write 22 Nov 14:30, 22 Nov 2026, 14:30, -24h, -7d or now.")


def clock(at: datetime, *, seconds: bool = True) -> str:
    """Local time of day, such as "14:31:52"."""
    return at.astimezone(FORCE_ZONE).strftime("%H:%M:%S" if seconds else "%H:%M")


def day_and_clock(at: datetime, *, year: bool = False, seconds: bool = True) -> str:
    """Local date and time, such as "22 Nov 14:31:52" or "22 Nov 2026 14:31"."""
    local = at.astimezone(FORCE_ZONE)
    month = _MONTHS[local.month - 1].capitalize()
    named = f"{local.day:02} {month} {local.year}" if year else f"{local.day:02} {month}"
    return f"{named} {clock(at, seconds=seconds)}"


def since(at: datetime, *, now: datetime) -> float:
    """Seconds from `at` to `now`, never below 0: a clock a little ahead is not an age."""
    return max(0.0, (now - at).total_seconds())


def age(seconds: float) -> str:
    """An age in the shortest form that counts: "0:40", "51:07", "3 h", "2 d"."""
    whole = int(seconds)
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02}"
    if whole < 48 * 3_600:
        return f"{whole // 3_600} h"
    return f"{whole // 86_400} d"


def list_age(seconds: float) -> str:
    """Age of a list, in hours and minutes ("0:30"), from two days in days ("2 d")."""
    whole = int(seconds)
    return f"{whole // 3_600}:{whole // 60 % 60:02}" if whole < 48 * 3_600 else age(seconds)


def parse_when(text: str, *, now: datetime) -> datetime:
    """A moment as typed.

    Args:
        text: "now", "-24h", "-90m", "-7d", "14:30" (today), "22 Nov", "22 Nov 14:3" (14:30),
            "22 Nov 2026 14:30" or "now, 14:32" as the form shows it. A date without a year is
            the latest such day that is not ahead; without a time it is its first moment.
        now: The clock, aware.

    Returns:
        Aware UTC.

    Raises:
        TimeNotReadError: None of these forms, or no such day or hour.
    """
    said = " ".join(text.strip().lower().split())
    if said.startswith("now"):
        return now.astimezone(UTC)
    if back := _BACK.fullmatch(said):
        return _minute_after(now.astimezone(UTC) - timedelta(**{_UNIT[back[2]]: int(back[1])}))
    local = now.astimezone(FORCE_ZONE)
    try:
        if of_day := _CLOCK.fullmatch(said):
            hour, minute, second = int(of_day[1]), int(of_day[2]), int(of_day[3] or 0)
            at = local.replace(hour=hour, minute=minute, second=second, microsecond=0)
        elif date := _DATE.fullmatch(said):
            at = _dated(date, local=local)
        else:
            raise TimeNotReadError
    except (ValueError, OverflowError) as no_such_time:
        raise TimeNotReadError from no_such_time
    return at.astimezone(UTC)


def _minute_after(at: datetime) -> datetime:
    """The next whole minute, 5 to 65 s on: "-24h" must not be older than 24 h on its arrival."""
    return (at + timedelta(seconds=65)).replace(second=0, microsecond=0)


def _dated(date: re.Match[str], *, local: datetime) -> datetime:
    day, named, year, hour, minute = date.groups()
    if named not in _MONTHS:
        raise TimeNotReadError
    # "14:3" is the start of "14:30": the form completes it while it is typed.
    minutes = int(minute.ljust(2, "0")) if minute else 0
    at = datetime(
        int(year or local.year),
        _MONTHS.index(named) + 1,
        int(day),
        int(hour or 0),
        minutes,
        tzinfo=FORCE_ZONE,
    )
    return at.replace(year=at.year - 1) if year is None and at > local else at


def whole_minutes(since_at: datetime, until_at: datetime) -> tuple[datetime, datetime]:
    """The time that a form can show and be read back as: whole minutes around the one given.

    An authority is for exactly the time that was asked for; "-24h" would be another one a minute
    later.
    """
    minute = timedelta(minutes=1)
    begins = since_at.replace(second=0, microsecond=0)
    ends = until_at.replace(second=0, microsecond=0)
    return begins, ends if ends == until_at else ends + minute
