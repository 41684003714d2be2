"""What may be done, by whom, how far back: the figures of `policy.toml`, read once.

The file is part of the program. A figure that is missing or of another kind stops the start, so
that no rule ever runs on a guess.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from store.terms import Priority

__all__ = [
    "POLICY",
    "AlarmRules",
    "ClockRules",
    "GroundRules",
    "HoldRules",
    "ListRules",
    "PlaceRules",
    "Policy",
    "Role",
]


@dataclass(frozen=True, slots=True)
class Role:
    """What one role may do.

    Attributes:
        title: In the officers' words, for example "operator".
        acts: The acts it may do, and no other (S-53).
        oldest_s: Age in seconds of the oldest read it may reach, inclusive (S-56).
    """

    title: str
    acts: frozenset[str]
    oldest_s: int


@dataclass(frozen=True, slots=True)
class GroundRules:
    """What a ground must be for a reviewer to be able to check it.

    Attributes:
        reason_min_chars: Shortest reason, after trimming and collapsing blanks.
        reason_min_words: Fewest different words in it.
        placeholders: Phrases that are no reason, in lower case.
        categories: The offence and incident classes there are.
        references: Full-match patterns of incident and case references.
    """

    reason_min_chars: int
    reason_min_words: int
    placeholders: tuple[str, ...]
    categories: frozenset[str]
    references: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """How wide a search without a plate may be on the officer's own authority.

    Attributes:
        cameras_max: Most cameras.
        window_s: Longest time.
    """

    cameras_max: int
    window_s: int


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
class Policy:
    """The whole policy.

    Attributes:
        version: Stands in every audit record.
        roles: By role code, for example "OP".
        reads_s: How long reads are kept, in seconds (S-74).
        clocks: How far clocks are believed.
        holds: Rules for evidential holds.
        grounds: Rules for grounds.
        places: Rules for searches without a plate.
        alarms: Rules for alarms.
        lists: Rules for lists.
    """

    version: str
    roles: Mapping[str, Role]
    reads_s: int
    clocks: ClockRules
    holds: HoldRules
    grounds: GroundRules
    places: PlaceRules
    alarms: AlarmRules
    lists: ListRules

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Read a policy from TOML.

        Raises:
            KeyError, ValueError: A figure is missing or makes no sense.
        """
        data = tomllib.loads(text)
        grounds, alarms, lists = data["grounds"], data["alarms"], data["lists"]
        clocks, holds = data["clocks"], data["holds"]
        return cls(
            version=str(data["version"]),
            roles={
                code: Role(
                    title=role["title"],
                    acts=frozenset(role["acts"]),
                    oldest_s=int(role["oldest_s"]),
                )
                for code, role in data["roles"].items()
            },
            reads_s=int(data["retention"]["reads_s"]),
            clocks=ClockRules(
                ahead_max_s=int(clocks["ahead_max_s"]),
                capture_ahead_max_s=int(clocks["capture_ahead_max_s"]),
            ),
            holds=HoldRules(
                review_max_s=int(holds["review_max_s"]),
                authority_max_chars=int(holds["authority_max_chars"]),
            ),
            grounds=GroundRules(
                reason_min_chars=int(grounds["reason_min_chars"]),
                reason_min_words=int(grounds["reason_min_words"]),
                placeholders=tuple(phrase.lower() for phrase in grounds["placeholders"]),
                categories=frozenset(grounds["categories"]),
                references=tuple(
                    re.compile(form, re.ASCII) for form in grounds["reference_formats"].values()
                ),
            ),
            places=PlaceRules(
                cameras_max=int(data["places"]["cameras_max"]),
                window_s=int(data["places"]["window_s"]),
            ),
            alarms=AlarmRules(
                repeat_hits=int(alarms["repeat_hits_raise"]),
                repeat_window_s=int(alarms["repeat_hits_window_s"]),
                unacknowledge_s=int(alarms["unacknowledge_s"]),
            ),
            lists=ListRules(
                weed_date_far_s=int(lists["weed_date_far_s"]),
                field_max_chars=int(lists["field_max_chars"]),
                national_names=frozenset(lists["national_names"]),
                reasons={code: Priority(word) for code, word in lists["reasons"].items()},
            ),
        )


POLICY = Policy.parse(resources.files(__package__).joinpath("policy.toml").read_text("utf-8"))
"""The policy this program carries."""
