"""Patterns that a reviewer should look at. A flag is a question, not a finding.

The hub has no rota. Whether somebody was off shift is inferred from the hours in which they acted
on other days, and says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from store.governance.oversight.looks import Look

__all__ = ["Flag", "flags"]

_DAYS_KNOWN = 5
"""Days on which somebody must have acted before their hours mean anything."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A question to an officer's searches and deployments.

    Attributes:
        kind: "one reference", "repeated plate", "own vehicle", "household vehicle", "colleague's
            vehicle", "off shift" or "rate".
        by: Staff number.
        count: How many searches, marks or references make it.
        seqs: Numbers of the records.
        sentence: What was seen; never a mark.
    """

    kind: str
    by: str
    count: int
    seqs: tuple[int, ...]
    sentence: str


def flags(looks: Iterable[Look], *, limits: Mapping[str, int]) -> tuple[Flag, ...]:
    """Find what a reviewer should look at.

    Args:
        looks: Searches, exports and deployments, each deployment with the mark of its alarm, of one
            month and, for repeats across its beginning, the month before.
        limits: `vrms_per_reference`, `searches_of_vrm`, `searches_of_vrm_window_s`,
            `rate_over_median` (policy).

    Returns:
        Flags by kind, officer and record.
    """
    every = sorted(looks, key=lambda look: look.seq)
    found = [
        *_one_reference(every, most=limits["vrms_per_reference"]),
        *_repeated(
            every,
            most=limits["searches_of_vrm"],
            window=timedelta(seconds=limits["searches_of_vrm_window_s"]),
        ),
        *_vehicles_of_staff(every),
        *_off_shift(every),
        *_rates(every, times=limits["rate_over_median"]),
    ]
    return tuple(sorted(found, key=lambda flag: (flag.kind, flag.by, flag.seqs)))


def _one_reference(looks: Sequence[Look], *, most: int) -> Iterable[Flag]:
    """One reference on many marks: whoever needs a reference takes the one at hand."""
    groups: dict[tuple[str, str], list[Look]] = defaultdict(list)
    for look in looks:
        if look.fold and look.reference:
            groups[look.by, look.reference].append(look)
    for (by, _), group in groups.items():
        marks = len(frozenset().union(*(look.folds for look in group)))
        if marks > most:
            sentence = f"one reference on {marks} plates"
            yield Flag("one reference", by, marks, _seqs(group), sentence)


def _repeated(looks: Sequence[Look], *, most: int, window: timedelta) -> Iterable[Flag]:
    """One mark again and again within a time: the widest such run of each officer and mark."""
    groups: dict[tuple[str, str], list[Look]] = defaultdict(list)
    for look in looks:
        for one in look.folds:
            groups[look.by, one].append(look)
    for (by, _), group in groups.items():
        group.sort(key=lambda look: look.at)
        widest: list[Look] = []
        first = 0
        for last, look in enumerate(group):
            while look.at - group[first].at > window:
                first += 1
            if last + 1 - first > len(widest):
                widest = group[first : last + 1]
        if len(widest) > most:
            sentence = f"one plate {_done(widest)} {len(widest)} times in {window.days} days"
            yield Flag("repeated plate", by, len(widest), _seqs(widest), sentence)


def _vehicles_of_staff(looks: Sequence[Look]) -> Iterable[Flag]:
    words = {
        "own": "own vehicle",
        "household": "household vehicle",
        "colleague": "colleague's vehicle",
    }
    groups: dict[tuple[str, str], list[Look]] = defaultdict(list)
    for look in looks:
        for whose in look.vehicles_of & words.keys():
            groups[look.by, words[whose]].append(look)
    for (by, kind), group in groups.items():
        yield Flag(kind, by, len(group), _seqs(group), f"{_done(group)}: {kind}")


def _off_shift(looks: Sequence[Look]) -> Iterable[Flag]:
    """An hour of the day in which somebody acted on no other day of those known."""
    own: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        own[look.by].append(look)
    for by, group in own.items():
        days: dict[int, set[int]] = defaultdict(set)
        for look in group:
            days[look.at.hour].add(look.at.toordinal())
        known = {look.at.toordinal() for look in group}
        if len(known) < _DAYS_KNOWN:
            continue
        odd = [
            look
            for look in group
            if not any(
                days[hour % 24] - {look.at.toordinal()}
                for hour in range(look.at.hour - 2, look.at.hour + 3)
            )
        ]
        if odd:
            sentence = f"{len(odd)} at hours in which they act on no other day (inferred)"
            yield Flag("off shift", by, len(odd), _seqs(odd), sentence)


def _rates(looks: Sequence[Look], *, times: int) -> Iterable[Flag]:
    """Many more searches, or deployments, than colleagues make: a multiple of the median's.

    Each is counted by itself, for who answers alarms and who investigates are seldom the same.
    """
    own: dict[str, dict[str, list[Look]]] = defaultdict(lambda: defaultdict(list))
    for look in looks:
        own["deployments" if look.what == "deployment" else "searches"][look.by].append(look)
    for made, by_officer in own.items():
        if len(by_officer) < 3:
            continue
        usual = median(len(group) for group in by_officer.values())
        for by, group in by_officer.items():
            if len(group) > times * usual:
                sentence = f"{len(group)} {made}, where colleagues make {usual:g}"
                yield Flag("rate", by, len(group), _seqs(group), sentence)


def _done(looks: Sequence[Look]) -> str:
    """Say what was done with a vehicle."""
    sent = sum(look.what == "deployment" for look in looks)
    if not sent:
        return "searched for"
    return "sent to" if sent == len(looks) else "searched for or sent to"


def _seqs(looks: Iterable[Look]) -> tuple[int, ...]:
    return tuple(sorted(look.seq for look in looks))
