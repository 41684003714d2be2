"""May this person do this, now, on this ground? Permit or refuse, always with the words for it.

Pure and total: any input gives a verdict, and whatever is not known is refused (S-9). The order
of the checks gives the reason code, so that one request always gets the same answer.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from store.governance.policy import POLICY, GroundRules, PlaceRules, Policy, Role
from store.terms import Ground, Purpose

__all__ = ["Act", "Permit", "Refuse", "Verdict", "check_ground", "decide"]


class Act(StrEnum):
    """The acts a person can ask for, as `policy.toml` names them."""

    SEE_ALARMS = "see alarms"
    ANSWER_ALARM = "answer alarm"
    SEARCH = "search"
    SEARCH_PLACE = "search place"
    OPEN_READ = "open read"
    SEE_HEALTH = "see health"
    HOLD_READS = "hold reads"
    SEARCH_HOLD = "search hold"
    ERASE_READS = "erase reads"


@dataclass(frozen=True, slots=True)
class Permit:
    """Go on.

    Attributes:
        cut_at: Oldest capture time that may be shown where the scope reaches further back (S-60);
            None where it is not cut.
        sentence: What to say of the cut; empty where there is none.
    """

    cut_at: datetime | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not done.

    Attributes:
        code: Reason code, for example "not_for_role".
        sentence: What was not done, why, what to do next.
    """

    code: str
    sentence: str


Verdict = Permit | Refuse

_UNKNOWN_ROLE = "Not done: your role is not known to this hub. Ask the ANPR Manager to look at it."
_STATES = {
    "suspended": "Access suspended. Your ANPR Manager can say why and renew it.",
    "left": "Access ended: the register says that you have left. Ask the ANPR Manager.",
}
_UNKNOWN_STATE = "Not done: your staff number is not on the register. Ask the ANPR Manager."
_UNKNOWN_ACT = (
    "Not done: this hub does not know that act. Ask the cluster admin for a newer console."
)
_NOT_FOR_ROLE = {
    Act.SEE_ALARMS: "Alarms are for operators and ANPR managers. Search the plate for your case.",
    Act.ANSWER_ALARM: "Not recorded: alarms are answered by operators and ANPR managers. Ring one.",
    Act.SEARCH_PLACE: "Not searched: a search without a plate is for investigators and ANPR "
    "managers. Give a plate, or ask one.",
    Act.HOLD_READS: "Not done: evidential holds are set and released by ANPR managers. Ask one.",
    Act.SEARCH_HOLD: "Not searched: what is held as evidence is opened by ANPR managers. Ask one.",
    Act.ERASE_READS: "Not done: reads are erased by ANPR managers. Ask one.",
}
_NOT_FOR_ROLE_ELSE = "Not done: your role does not do that. Ask the ANPR Manager who does."


def decide(
    act: str,
    *,
    role: str,
    state: str,
    now: datetime,
    ground: Ground | None = None,
    since_at: datetime | None = None,
    until_at: datetime | None = None,
    cameras: int = 0,
    policy: Policy = POLICY,
) -> Verdict:
    """Decide on one act of one person.

    Args:
        act: What is asked for, one of `Act`.
        role: Role code from the staff register.
        state: State from the staff register; only "active" may do anything.
        now: The present, aware.
        ground: Why; demanded for a search and for opening a read (S-1, S-62).
        since_at: Oldest capture time asked for; demanded as `ground` is.
        until_at: End of the capture times asked for; `now` where not given.
        cameras: At how many cameras a place is searched without a plate; 0 means at all of them.
        policy: The policy to decide by.
    """
    if (refusal := _standing(act, role=role, state=state, policy=policy)) is not None:
        return refusal
    if act not in {Act.SEARCH, Act.SEARCH_PLACE, Act.OPEN_READ, Act.SEARCH_HOLD}:
        return Permit()
    if (refusal := check_ground(ground, rules=policy.grounds)) is not None:
        return refusal
    if act == Act.SEARCH_HOLD:
        return Permit()  # a hold outlives every age limit, for its own case (S-75)
    held, end_at = policy.roles[role], until_at or now
    if act == Act.SEARCH_PLACE and since_at is not None:
        refusal = _check_place(cameras, span=end_at - since_at, rules=policy.places)
        if refusal is not None:
            return refusal
    return _reach(held, since_at=since_at, until_at=end_at, now=now, policy=policy)


def _check_place(cameras: int, *, span: timedelta, rules: PlaceRules) -> Refuse | None:
    """Hold a search without a plate to few cameras and a short time: it sweeps up bystanders."""
    if 0 < cameras <= rules.cameras_max and span <= timedelta(seconds=rules.window_s):
        return None
    return Refuse(
        "place_too_wide",
        f"Not searched: without a plate your own authority covers {rules.cameras_max} cameras and "
        f"{rules.window_s // 3600} hours at most. Choose fewer, or ask the ANPR Manager.",
    )


def _standing(act: str, *, role: str, state: str, policy: Policy) -> Refuse | None:
    """Say what keeps this person from this act at all, or None where nothing does."""
    if role not in policy.roles:
        return Refuse("unknown_role", _UNKNOWN_ROLE)
    if act not in set(Act):
        return Refuse("unknown_act", _UNKNOWN_ACT)
    if state in _STATES:
        return Refuse(f"staff_{state}", _STATES[state])
    if state != "active":
        return Refuse("unknown_staff", _UNKNOWN_STATE)
    if act not in policy.roles[role].acts:
        return Refuse("not_for_role", _NOT_FOR_ROLE.get(Act(act), _NOT_FOR_ROLE_ELSE))
    return None


def _reach(
    role: Role, *, since_at: datetime | None, until_at: datetime, now: datetime, policy: Policy
) -> Verdict:
    """Hold a span of capture times against the age limits (S-56, S-60, S-74)."""
    if since_at is None:
        return Refuse("dates_missing", "Not searched: no dates. Say from when to when.")
    if since_at > until_at or since_at > now:
        return Refuse(
            "dates_reversed",
            "Nothing to search: the end lies before the start, or the start is yet to come. "
            "Look at the dates.",
        )
    if until_at < now - timedelta(seconds=policy.reads_s):
        return Refuse(
            "beyond_retention",
            f"Nothing to search: this force keeps reads for {policy.reads_s // 86400} days and "
            "these dates are past it. If the case has an evidential hold, ask the ANPR Manager.",
        )
    limit = f"{role.oldest_s // 86400} days" if role.oldest_s > 86400 else "24 hours"
    oldest_at = now - timedelta(seconds=role.oldest_s)
    if until_at < oldest_at:
        return Refuse(
            "age_over_limit",
            f"Not searched: these dates are older than your own limit of {limit}. "
            "Ask somebody whose role reaches further, or the ANPR Manager.",
        )
    if since_at < oldest_at:
        return Permit(
            oldest_at,
            f"Searched back to {oldest_at:%d %b %Y %H:%M} UTC only, your own limit of {limit}. "
            "For the rest ask the ANPR Manager.",
        )
    return Permit()


def check_ground(ground: Ground | None, *, rules: GroundRules = POLICY.grounds) -> Refuse | None:
    """Say what keeps a ground from being checked by a reviewer, or None where nothing does."""
    if ground is None or ground.purpose not in set(Purpose):
        return Refuse(
            "unknown_purpose",
            "Not searched: no purpose of the closed list. Choose one of the list.",
        )
    if ground.category and ground.category not in rules.categories:
        return Refuse(
            "unknown_category",
            "Not searched: that offence class is not on the list. Choose one of the list.",
        )
    return _check_reference(ground.reference.strip(), rules=rules) or _check_reason(
        ground, rules=rules
    )


def _check_reference(reference: str, *, rules: GroundRules) -> Refuse | None:
    if not reference:
        return Refuse(
            "reference_missing",
            "Not searched: no incident or case reference. Give one, for example NS-2611-04417.",
        )
    if not any(form.fullmatch(reference) for form in rules.references):
        return Refuse(
            "reference_malformed",
            "Not searched: the reference is in no form this force uses. "
            "Give the log or case number in full, for example NS-20261122-0931 or NS-2611-04417.",
        )
    return None


def _check_reason(ground: Ground, *, rules: GroundRules) -> Refuse | None:
    told = ground.reason.lower().replace(ground.reference.strip().lower(), " ")
    words = re.findall(r"[^\W_]+", told)
    if (phrase := _placeholder(words, rules=rules)) is not None:
        return Refuse(
            "reason_placeholder",
            f'Not searched: "{phrase}" cannot be checked by a reviewer. Say who named the vehicle '
            f"and for which incident, {rules.reason_min_chars} characters or more.",
        )
    reason = " ".join(ground.reason.split())
    if len(reason) < rules.reason_min_chars or len(set(words)) < rules.reason_min_words:
        return Refuse(
            "reason_too_short",
            "Not searched: the reason is too short to be checked. Say who named the vehicle and "
            f"for which incident, {rules.reason_min_chars} characters and "
            f"{rules.reason_min_words} words or more.",
        )
    return None


def _placeholder(words: list[str], *, rules: GroundRules) -> str | None:
    """Give the placeholder that a reason consists of, however often repeated, or None."""
    phrases = [re.findall(r"[^\W_]+", phrase) for phrase in rules.placeholders]
    found, rest = None, words
    while rest:
        for phrase in sorted(filter(None, phrases), key=len, reverse=True):
            if rest[: len(phrase)] == phrase:
                found, rest = found or " ".join(phrase), rest[len(phrase) :]
                break
        else:
            return None
    return found
