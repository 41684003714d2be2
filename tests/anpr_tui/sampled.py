"""A sample of last month for the auditor's screen; every mark is hidden in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from store.reviews import OwnEntry, OwnRecord, Question, Sample, SampleRow
from tests.anpr_tui.scripted_hub import NOW

DAY_S = 86_400


def row(seq: int, by: str, **change: Any) -> SampleRow:
    given: dict[str, Any] = {
        "seq": seq,
        "by": by,
        "at": datetime(2026, 10, 9, 11, 20, tzinfo=UTC),
        "what": "search",
        "why": "share",
        "reach_s": 4 * DAY_S,
        "cameras": 0,
        "found": 12,
        "purpose": "ongoing_investigation",
        "reference": "NS-2610-02245",
        "reason": "Vehicle named by witness; find its route on the night",
        "grant": "",
        "urgent": False,
        "flags": (),
        "state": "open",
        **change,
    }
    return SampleRow(**given)


SAMPLE = Sample(
    month="2026-10",
    checkpoint="9f31" + "0" * 58 + "c2",
    drawn_at=datetime(2026, 11, 1, 0, 1, tzinfo=UTC),
    due_at=datetime(2026, 12, 1, tzinfo=UTC),
    rows=(
        row(1_098_204, "NS4033", why="urgent", urgent=True, found=2, reach_s=9 * DAY_S),
        row(1_099_871, "NS4107", why="over 90 days", reach_s=340 * DAY_S, grant="G-0288"),
        row(1_100_015, "NS4115", what="place", cameras=5, found=212, state="fair"),
        row(1_100_933, "NS4140", found=31, flags=("repeated plate", "off shift")),
        row(1_101_420, "NS4052", why="officer's minimum", found=3, state="finding"),
    ),
)

OWN = OwnRecord(
    entries=tuple(
        OwnEntry(1_204_300 - n, NOW - timedelta(minutes=n), kind, what)
        for n, (kind, what) in enumerate(
            [("returned", "search"), ("asked", "search"), ("alarm acknowledged", "")]
        )
    ),
    questions=(Question(1_099_871, "NS7002", "Who named the vehicle?", NOW + timedelta(days=6)),),
)
