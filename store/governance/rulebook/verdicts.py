"""What is asked of the rule book, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from store.governance.rulebook.nouns import Fact

__all__ = ["Asked", "NeedsAuthorisation", "Permit", "Refuse", "Verdict"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One act of one person, with everything a rule may look at.

    Attributes:
        role: Role code of the staff register.
        capability: Row of the matrix.
        action: do, read, read_full (unmasked), propose, sign, or use_grant, which insists on a
            grant.
        facts: Circumstances by name; one that a rule asks for and that is not told counts as
            against the act.
        age_s: Age in seconds of the data asked for; where they reach further back, the fact
            span_to_age_s tells how far. None where age plays no part.
        tool: Analysis, or empty.
        purpose: Of the closed list (S-1).
        category: Class of offence or incident.
        training: current, expired, or none (S-51).
        role_state: Only "reviewed" may act (S-50).
        staff_state: Only "active" may act (S-49).
        grant_state: State of the grant at hand, "none" without one.
    """

    role: str
    capability: str
    action: str
    facts: Mapping[str, Fact]
    age_s: int | None = None
    tool: str = ""
    purpose: str = ""
    category: str = ""
    training: str = "none"
    role_state: str = ""
    staff_state: str = ""
    grant_state: str = "none"


@dataclass(frozen=True, slots=True)
class Permit:
    """Go on.

    Attributes:
        rule: Cell of the matrix that it rests on, for example "search_l1.RES".
        code: Reason code.
        view: How the answer is narrowed; empty where it is not.
        cut_at_age_s: Nothing older than this may be shown (S-60); None where nothing is cut.
    """

    rule: str
    code: str
    view: str = ""
    cut_at_age_s: int | None = None


@dataclass(frozen=True, slots=True)
class NeedsAuthorisation:
    """Not yet: somebody else must sign first.

    Attributes:
        authority: A rank or post; "a+b" for one signature of each.
        count: How many different people.
        code: Reason code: why there is no authority so far.
        sentence: The same in words, and what to do next.
    """

    authority: str
    count: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not done.

    Attributes:
        code: Reason code.
        sentence: What was not done, why, and what to do next.
    """

    code: str
    sentence: str


Verdict = Permit | NeedsAuthorisation | Refuse
