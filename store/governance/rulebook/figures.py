"""The figures that desks and machines go by, beside who may do what: alarms, lists, clocks, holds.

They stand in the same policy file and are read with it: whole, or not at all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from store.governance.rulebook.reading.sections import Section
from store.purposes import PURPOSE_KEYS, purpose_of
from store.terms import Priority, Purpose

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
        purposes: Reason code to what a unit that is sent to such a vehicle is sent for (S-1). What
            has none here, as in a policy signed before this table was, is the officer's to say.
    """

    weed_date_far_s: int
    field_max_chars: int
    national_names: frozenset[str]
    reasons: Mapping[str, Priority]
    purposes: Mapping[str, Purpose] = field(default_factory=dict)


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
        idle_lock_s: After so many seconds without a key; the ten minutes of roles.md (session
            rules) bind where a policy was signed before it had this table.
    """

    idle_lock_s: int = 600


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


def figures_in(file: Section, *, version: str, reads_s: int, purposes: Collection[str]) -> Figures:
    """Read the figures of a policy file.

    Args:
        file: The file.
        version: Its version.
        reads_s: How long reads are kept, in seconds.
        purposes: Keys of the closed list of the same file.

    Raises:
        PolicyError: A figure is missing, of another kind, or makes no sense.
    """
    clocks, holds, alarms = file.table("clocks"), file.table("holds"), file.table("alarms")
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
        lists=_lists_in(file.table("lists"), purposes=purposes),
        console=_console_in(file.table_if_any("console")),
    )
    for section in (clocks, holds, alarms):
        section.done()
    return figures


def _console_in(section: Section | None) -> ConsoleRules:
    if section is None:
        return ConsoleRules()
    rules = ConsoleRules(idle_lock_s=section.count("idle_lock_s"))
    section.done()
    return rules


def _lists_in(section: Section, *, purposes: Collection[str]) -> ListRules:
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
        purposes=_purposes_in(
            section.table_if_any("purposes"),
            reasons=words,
            known={*purposes} & {*PURPOSE_KEYS.values()},
        ),
    )
    section.done()
    return rules


def _purposes_in(
    section: Section | None, *, reasons: Collection[str], known: Collection[str]
) -> Mapping[str, Purpose]:
    if section is None:
        return {}
    named = section.values(str)
    for code, key in named.items():
        if code not in reasons:
            raise section.refusal(code, "is no reason code of [lists.reasons]")
        if key not in known:
            raise section.refusal(code, f"names the purpose {key!r}, which is none")
    return {code: purpose_of(key) for code, key in named.items()}
