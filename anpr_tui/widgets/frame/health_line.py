"""Line 23: how healthy it is. Good is plain text; capitals mean trouble."""

from collections.abc import Sequence
from datetime import datetime

from anpr_tui.times import list_age, since
from anpr_tui.widgets.painted import Painted, Span
from store.terms import Health

__all__ = ["HealthLine"]

FRESH_S = 2.0
_NOTHING_YET: list[Span] = [(" feed ", ""), ("NONE", "trouble"), (" │ no hub answered yet", "")]


class HealthLine(Painted):
    """Feed age, cameras up, age of the lists, cluster."""

    ONLY_ASKED = True
    _spans: Sequence[Span] = _NOTHING_YET

    def show(self, health: Health | None, *, now: datetime, silent: bool) -> None:
        """Says it as it is now; repaints only where a word changed, so that a calm hub is quiet."""
        spans = _NOTHING_YET if health is None else _health(health, now=now, silent=silent)
        if spans != self._spans:
            self._spans = spans
            self.refresh()

    def sentences(self) -> Sequence[str]:
        """What is in trouble; nothing while all is well, or before the hub was heard."""
        if self._spans is _NOTHING_YET:
            return ()
        named = zip(self._spans, self._spans[1:], strict=False)
        return [f"Trouble: {name} {text}" for (name, _), (text, look) in named if look == "trouble"]

    def line(self, y: int) -> Sequence[Span]:
        """The one line."""
        return self._spans


def _health(health: Health, *, now: datetime, silent: bool) -> list[Span]:
    parts = [_feed(health, now=now, silent=silent), _cameras(health), _lists(health, now=now)]
    spans: list[Span] = [(" ", "")]
    for part in parts:
        spans += [*part, (" │ ", "")]
    return [*spans, ("cluster ", ""), (health.cluster, "" if health.cluster == "ok" else "trouble")]


def _feed(health: Health, *, now: datetime, silent: bool) -> list[Span]:
    if silent:
        return [("feed ", ""), ("STALE", "trouble")]
    old_s = since(health.beat_at, now=now)
    return [(f"feed <{FRESH_S:.0f}s" if old_s <= FRESH_S else f"feed {int(old_s)}s", "")]


def _cameras(health: Health) -> list[Span]:
    up = f"{health.cameras_up}/{health.cameras}"
    return [("cameras ", ""), (up, "" if health.cameras_up or not health.cameras else "trouble")]


def _lists(health: Health, *, now: datetime) -> list[Span]:
    if health.list_loaded_at is None:
        return [("lists ", ""), ("NONE", "trouble")]
    return [(f"lists {list_age(since(health.list_loaded_at, now=now))} old", "")]
