"""The figures that desks and machines go by, beside who may do what: alarms, lists, clocks, holds.

They stand in the same policy file and are read with it: whole, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from store.governance.rulebook.reading.sections import Section
from store.terms import Priority

__all__ = [
    "AlarmRules",
    "ClockRules",
    "ConsoleRules",
    "Figures",
    "HoldRules",
    "ListRules",
    "figures_in",
]


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """When repeats raise an alarm, and how long an acknowledgement may be taken back.

    Attributes:
        repeat_hits: This unresolved hit of a STOP entry raises the display one level.
        repeat_window_s: All of them within this many seconds.
        unacknowledge_s: An acknowledgement may be taken back for this many seconds.
    """

    repeat_hits: int
    repeat_window_s: int
    unacknowledge_s: int


@dataclass(frozen=True, slots=True)
class ListRules:
    """What an entry of a list must be.

    Attributes:
        weed_date_far_s: A weed date further ahead is kept and reported.
        field_max_chars: Longest field.
        national_names: Force areas that mean every force; refused to local lists (S-29).
        reasons: Reason code to priority.
    """

    weed_date_far_s: int
    field_max_chars: int
    national_names: frozenset[str]
    reasons: Mapping[str, Priority]


@dataclass(frozen=True, slots=True)
class ClockRules:
    """How far a clock may be wrong before what hangs on it is refused.

    Attributes:
        ahead_max_s: The hub's clock is believed so far past the last sign of life (S-74).
        capture_ahead_max_s: A capture may lie so far past its receipt.
    """

    ahead_max_s: int
    capture_ahead_max_s: int


@dataclass(frozen=True, slots=True)
class HoldRules:
    """What an evidential hold must be (S-75, S-76).

    Attributes:
        review_max_s: It is looked at again within this many seconds.
        authority_max_chars: Longest authority.
    """

    review_max_s: int
    authority_max_chars: int


@dataclass(frozen=True, slots=True)
class ConsoleRules:
    """When a console that nobody uses locks itself.

    Attributes:
        idle_lock_s: After so many seconds without a key.
    """

    idle_lock_s: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What desks and machines go by.

    Attributes:
        version: Of the policy they stand in.
        reads_s: How long reads are kept, in seconds (S-74).
        clocks: How far clocks are believed.
        holds: Rules for evidential holds.
        alarms: Rules for alarms.
        lists: Rules for lists.
        console: Rules for consoles.
    """

    version: str
    reads_s: int
    clocks: ClockRules
    holds: HoldRules
    alarms: AlarmRules
    lists: ListRules
    console: ConsoleRules


def figures_in(file: Section, *, version: str, reads_s: int) -> Figures:
    """Read the figures of a policy file.

    Raises:
        PolicyError: A figure is missing, of another kind, or makes no sense.
    """
    clocks, holds, alarms = file.table("clocks"), file.table("holds"), file.table("alarms")
    console = file.table("console")
    figures = Figures(
        version=version,
        reads_s=reads_s,
        clocks=ClockRules(
            ahead_max_s=clocks.count("ahead_max_s"),
            capture_ahead_max_s=clocks.count("capture_ahead_max_s"),
        ),
        holds=HoldRules(
            review_max_s=holds.count("review_max_s"),
            authority_max_chars=holds.count("authority_max_chars"),
        ),
        alarms=AlarmRules(
            repeat_hits=alarms.count("repeat_hits_raise", least=2),
            repeat_window_s=alarms.count("repeat_hits_window_s"),
            unacknowledge_s=alarms.count("unacknowledge_s"),
        ),
        lists=_lists_in(file.table("lists")),
        console=ConsoleRules(
            idle_lock_s=console.count("idle_lock_s"),
        ),
    )
    for section in (clocks, holds, alarms, console):
        section.done()
    return figures


def _lists_in(section: Section) -> ListRules:
    reasons = section.table("reasons")
    words = reasons.values(str)
    for code, word in words.items():
        if word not in set(Priority):
            raise reasons.refusal(code, f"names the priority {word!r}, which is none")
    if not words:
        raise section.refusal("reasons", "is empty")
    rules = ListRules(
        weed_date_far_s=section.count("weed_date_far_s"),
        field_max_chars=section.count("field_max_chars"),
        national_names=frozenset(section.names("national_names")),
        reasons={code: Priority(word) for code, word in words.items()},
    )
    section.done()
    return rules
