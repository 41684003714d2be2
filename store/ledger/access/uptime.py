"""The clock that nobody can set: how long this machine has been up, sleep included."""

import time
from datetime import datetime
from functools import cache
from pathlib import Path

from store.governance.access.moments import Moment

__all__ = ["moment_at"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def moment_at(now: datetime) -> Moment:
    """Give this moment as both clocks show it."""
    return Moment(now=now, ticks_s=time.clock_gettime(time.CLOCK_BOOTTIME), boot=_boot())


@cache
def _boot() -> str:
    """Name this start of the machine; a machine that cannot say has but the wall clock."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return f"unknown-{time.time_ns()}"
