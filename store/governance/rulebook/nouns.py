"""The nouns of the rule book: who may do what, over which data, on whose authority.

`policy.toml` holds the figures, `loading.py` reads them, `decide.py` decides by them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from store.governance.rulebook.figures import Figures

__all__ = [
    "ACTIONS",
    "Cell",
    "Check",
    "Condition",
    "Fact",
    "GrantRules",
    "GroundRules",
    "Rulebook",
    "Separation",
    "Tier",
    "Tool",
]

ACTIONS = frozenset({"do", "read", "read_full", "propose", "sign", "use_grant"})
"""What can be asked of a capability."""

Fact = bool | int | str
"""What a caller tells of the circumstances: a truth, a number, or a word."""


class Cell(StrEnum):
    """What a role may do in one row of the matrix (roles.md)."""

    DO = "do"
    OWN = "own"
    GRANT = "grant"
    SIGN = "sign"
    PROPOSE = "propose"
    READ = "read"
    MASKED = "masked"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Condition:
    """What the words inside a cell ask for, or how they narrow the answer.

    Attributes:
        name: Stands in the reason code, for example "case_only".
        needs: Facts that must be told and be so.
        view: How the answer is narrowed, for example "vrm_masked"; empty where it is not.
    """

    name: str
    needs: tuple[str, ...]
    view: str = ""


@dataclass(frozen=True, slots=True)
class Tier:
    """Data of one age, and who may open it to whom.

    Attributes:
        over_s: Older than this many seconds; -1 from the newest on.
        upto_s: At most this old, inclusive (S-56); 0 for as long as it is kept.
        categories: Classes of offence or incident it is open to (S-58, S-59).
        authority: A rank, a post, posts joined by "+", or empty where the role suffices.
        authorisers: How many different people must sign.
        signed_by: Roles whose holders sign by post; empty where a rank signs.
        needs: Facts that must be told and be so.
        held: Whether it is kept by an evidential hold, past retention (S-75).
        ordered: Whether it goes by an order instead of a grant.
        view: How its answers are narrowed.
    """

    over_s: int
    upto_s: int
    categories: frozenset[str]
    authority: str = ""
    authorisers: int = 0
    signed_by: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    held: bool = False
    ordered: bool = False
    view: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """An analysis that intrudes on more people than one search does.

    Attributes:
        authority: Rank that must sign.
        authorisers: How many must sign.
        free_cameras_max: Cameras that need no signature; 0 where every use needs one.
        free_window_s: Longest time that needs no signature.
        needs: Facts that must be told and be so.
    """

    authority: str
    authorisers: int
    free_cameras_max: int = 0
    free_window_s: int = 0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A fact that must hold for an act; one that is not told does not hold.

    Attributes:
        fact: Its name.
        code: Reason code of the refusal.
        on: Capabilities it applies to; all where empty.
        act: Actions it applies to.
        role: Roles it applies to; all where empty.
        tool: Tools it applies to; all, and none, where empty.
        when: Other facts that must have one of these values for it to apply.
        early: Looked for before the matrix is, where the fact is told: it binds whoever asks.
        one_of: Values it may have.
        none_of: Values it must not have.
        least: Smallest number.
        most: Largest number.
        form: Name of a reference format it must match in full.
        same_as: Another fact whose value it must have.
    """

    fact: str
    code: str
    on: frozenset[str]
    act: frozenset[str]
    role: frozenset[str]
    tool: frozenset[str]
    when: Mapping[str, tuple[Fact, ...]]
    early: bool = False
    one_of: tuple[Fact, ...] | None = None
    none_of: tuple[Fact, ...] = ()
    least: int | None = None
    most: int | None = None
    form: str = ""
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class GroundRules:
    """What a reference and a reason must be for a reviewer to be able to check them.

    Attributes:
        reason_min_chars: Shortest reason, after trimming and collapsing blanks.
        reason_min_words: Fewest different words in it.
        placeholders: Phrases that are no reason, in lower case, each as its words.
        references: Full-match patterns by name.
    """

    reason_min_chars: int
    reason_min_words: int
    placeholders: tuple[tuple[str, ...], ...]
    references: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class GrantRules:
    """How long an authority lives, and which of its states count for nothing.

    Attributes:
        life_default_s: Life where none is asked for.
        life_max_s: Longest life.
        searches_default: Uses where no number is asked for.
        searches_max: Most uses.
        request_lapses_s: A request that nobody decided lapses after this.
        clock_behind_audit_s: A clock further behind the audit than this makes grants void.
        urgent_life_s: Life of what rests on an order.
        urgent_searches: Its uses.
        urgent_ratify_s: The written authority is owed within this.
        live: The one state that counts.
        dead: Every other known state, and its reason code.
    """

    life_default_s: int
    life_max_s: int
    searches_default: int
    searches_max: int
    request_lapses_s: int
    clock_behind_audit_s: int
    urgent_life_s: int
    urgent_searches: int
    urgent_ratify_s: int
    live: str
    dead: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Separation:
    """Duties that are kept apart, whatever else a person holds (roles.md, hard rules).

    Attributes:
        auditor: Role that holds no operational one beside it.
        operational: The operational roles.
        never_search: Roles that never search.
        training_exempt: Roles that see no ANPR data, so that S-51 does not bind them.
        never: Capabilities refused to everybody.
        never_for: Capabilities refused to a role, grant or not.
    """

    auditor: str
    operational: frozenset[str]
    never_search: frozenset[str]
    training_exempt: frozenset[str]
    never: frozenset[str]
    never_for: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The whole policy of who may do what.

    Attributes:
        version: Stands in every audit record (S-8).
        reads_s: How long reads are kept (S-74).
        ceiling_s: How long any force may keep them.
        titles: Role code to title.
        ranks: Rank to its height.
        rank_of_role: Rank that a role signs with, at least.
        staff_equivalent: Ranks that police staff of the same grade may hold.
        groups: Named sets of capabilities, flat.
        matrix: Capability to role to cell; a role that is absent has none.
        conditions: (capability, role) to what its cell asks for.
        tiers: Capability to the age of data it opens.
        tools: By name.
        tools_of: Capabilities that do not go without one of these tools.
        authorities: Capability without a tier to who must sign and how many.
        separation: Duties kept apart.
        grounds: Rules for references and reasons.
        grants: Rules for authorities.
        purposes: Purpose to its MoPI purpose (S-1, S-2).
        categories: Class of offence or incident to its words.
        reviews: Intervals of reviews; the unit ends the name.
        sampling: Shares of searches that are reviewed.
        flags: Limits beyond which a reviewer should look.
        checks: In the order in which they are looked for.
        words: Reason code to what is said of it.
        known_facts: Names of the circumstances that rules look at; another one is refused.
        overrides_before_review: Urgent orders of one shift before a review is raised.
        figures: What desks and machines go by.
    """

    version: str
    reads_s: int
    ceiling_s: int
    titles: Mapping[str, str]
    ranks: Mapping[str, int]
    rank_of_role: Mapping[str, str]
    staff_equivalent: frozenset[str]
    groups: Mapping[str, frozenset[str]]
    matrix: Mapping[str, Mapping[str, Cell]]
    conditions: Mapping[tuple[str, str], Condition]
    tiers: Mapping[str, Tier]
    tools: Mapping[str, Tool]
    tools_of: Mapping[str, frozenset[str]]
    authorities: Mapping[str, tuple[str, int]]
    separation: Separation
    grounds: GroundRules
    grants: GrantRules
    purposes: Mapping[str, str]
    categories: Mapping[str, str]
    reviews: Mapping[str, int]
    sampling: Mapping[str, float]
    flags: Mapping[str, int]
    checks: tuple[Check, ...]
    words: Mapping[str, str]
    known_facts: frozenset[str]
    overrides_before_review: int
    figures: Figures

    def cell(self, capability: str, *, role: str) -> Cell:
        """What a role may do in a row; NONE where no rule names it."""
        return self.matrix.get(capability, {}).get(role, Cell.NONE)

    def is_in(self, capability: str, *, group: str) -> bool:
        """Whether a capability belongs to a named set."""
        return capability in self.groups[group]

    def say(self, code: str, *, on: str = "") -> str:
        """What was not done, why, and what to do next; in a row's own words where it has some."""
        general = self.words[code.partition(":")[0]]
        return f"Not done: {self.words.get(f'{code}:{on}', self.words.get(code, general))}"
