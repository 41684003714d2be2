"""A table of decisions, row by row against the rule book: what the owner signed is what it does.

The form is that of the acceptance table: a CSV file with one act a row, its circumstances as
`key=value;...`, and what is expected of it. There a circumstance that is not named is well; the
rule book itself takes what is not told as against the act, so `WELL` tells it here.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from store.errors import PolicyError
from store.governance.rulebook.decide import decide
from store.governance.rulebook.nouns import Fact, Rulebook
from store.governance.rulebook.verdicts import Asked, NeedsAuthorisation, Permit, Verdict

__all__ = ["DISPUTED", "Compared", "Dispute", "Outcome", "Row", "Told", "compare", "rows"]

COLUMNS = (
    "id", "role", "capability", "action", "age_s", "tool", "purpose", "category", "training",
    "role_state", "staff_state", "grant_state", "policy_variant", "context", "expected",
    "reason_code", "view",
)  # fmt: skip
VARIANTS = {"default": 365 * 86_400, "retain_24m": 730 * 86_400}
"""How long reads are kept in each variant of the policy, in seconds (S-74)."""

WELL: Mapping[str, Fact] = {
    "requester": "other", "same_key_as_requester": False, "same_second_factor_as_requester": False,
    "on_register": True, "reauth_age_s": 0, "proportionality": True, "interest_of_justice": True,
    "request_state": "pending", "request_age_s": 0, "scope_digest": "same", "scope": "named",
    "life_d": 7, "already_signed_as": "nobody", "ordered_by": "other", "since_order_s": 0,
    "urgent_ground": "kidnap", "vrms": 1, "earlier_urgent": "none", "audit": "available",
    "fdo_order": True, "incidents": 2, "cameras": 1, "window_s": 60, "subject": "suspect",
    "why": True, "until_s": 3600, "priorities": "low", "disposition": "deployed",
    "priority": "low", "bulk": False, "recipient": "SV", "operation": "OP-LANTERN-26",
    "end_date": True, "owner": True, "review_date": True, "life_h": 24,
    "incident_number": "NS-20261117-0412", "proportionality_statement": True, "analysis": True,
    "privacy_impact_assessment": True, "consultation_or_reason": True, "own_request": False,
    "reason": "stolen van seen by patrol", "reference": "NS-20261117-0412", "level": 1,
    "reads_months": 12, "day": "due", "controller": "SV", "records_of": "SV",
    "narrowed_by": "nobody", "appoints": "RES", "age_ceiling_s": 10**9, "searches_left": 20,
    "grant_expires_in_s": 3600, "clock_behind_audit_s": 0, "training_expires_in_s": 86_400,
    "consent": True, "own": True, "own_hit": True, "own_console_map": True, "case_only": True,
    "urgent_24h": True, "signed_by_strategic_lead": True, "concern_raised": True,
    "STATEMENT": True, "cps_request": True, "proceedings": True, "designates_makers": True,
    "case_assigned": True, "through_permitted_desk": True, "case_shown": True,
    "audit_case": True, "open_hit_or_incident": True, "hold_names_this_case": True,
    "crime_series_reference": True, "site_owner_need": True,
}  # fmt: skip
WELL_RANKS = {"INS": "inspector", "SUP": "superintendent"}
TWO_SIGNERS = {"AM": "SUP", "SUP": "AM"}
SEVERAL = {
    "grant_age_ceiling_s": ("age_ceiling_s",),
    "statement_flag_cps_request_proceedings": ("STATEMENT", "cps_request", "proceedings"),
    "cps_request_and_proceedings": ("cps_request", "proceedings"),
    "expired_by": (),  # why a grant has expired: its state says that it has
}
"""Keys of the table that stand for other facts."""


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict in the words of a table.

    Attributes:
        expected: permit, refuse, or needs_authorisation:<rank or post>x<n>.
        code: Reason code.
        view: How the answer is narrowed; "cut:<age in s>" where it is cut at an age.
    """

    expected: str
    code: str
    view: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: what is asked, and what is expected.

    Attributes:
        name: The row's id.
        asked: The act and its circumstances.
        reads_s: How long reads are kept in the row's variant of the policy.
        told: What the table expects.
    """

    name: str
    asked: Asked
    reads_s: int
    told: Told


class Outcome(StrEnum):
    """How a row stands to what the rule book says."""

    SAME = "same"
    DISPUTED = "disputed"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Compared:
    """A row beside what the rule book says to it.

    Attributes:
        row: What the table says.
        told: What the rule book says.
        outcome: How they stand to each other.
        why: The source that settles a disputed row; empty for any other.
    """

    row: Row
    told: Told
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Rows of the acceptance table that contradict other rows of it, and what settles them.

    Only a reason code or a view can be disputed: a decision that differs always differs.

    Attributes:
        capability: Row of the matrix.
        table: What the table says.
        ours: What the rule book says.
        source: Why the rule book stands.
    """

    capability: str
    table: Told
    ours: Told
    source: str


DISPUTED = (
    Dispute(
        "threat_to_life_override",
        Told("permit", "role_permits", ""),
        Told("permit", "urgent_order", "60_min"),
        "std D (X), security.md: it rests on the Force Duty Officer's order and ends after 60 "
        "minutes, as the table itself says at every other age",
    ),
    Dispute(
        "filter_low_medium",
        Told("permit", "may_sign", ""),
        Told("permit", "may_sign", "SL_and_AUD_told"),
        "roles.md: Strategic Lead and auditor are told of every filter, as the table itself says "
        "wherever it names priorities",
    ),
)


def rows(path: Path, *, book: Rulebook) -> Iterator[Row]:
    """Read a table of decisions.

    Raises:
        PolicyError: It is no such table, or a row tells of something that no rule knows.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, strict=True)
            if missing := set(COLUMNS) - set(table.fieldnames or ()):
                raise PolicyError(
                    f"table not checked: it has no column {min(missing)}; add it and check again"
                )
            for number, row in enumerate(table, start=2):
                if None in row or None in row.values():
                    raise _refusal(number, "has not as many fields as the header")
                yield _row(row, number=number, known=book.known_facts)
    except (UnicodeDecodeError, csv.Error) as error:
        raise PolicyError(
            "table not checked: it is no CSV in UTF-8; save it as such and check again"
        ) from error


def compare(row: Row, *, book: Rulebook) -> Compared:
    """Hold a row against the rule book."""
    ours = _told(decide(row.asked, book=_keeping(book, row.reads_s)))
    if ours == row.told:
        return Compared(row, ours, Outcome.SAME)
    for dispute in DISPUTED:
        if (dispute.capability, dispute.table, dispute.ours) == (
            row.asked.capability,
            row.told,
            ours,
        ):
            return Compared(row, ours, Outcome.DISPUTED, dispute.source)
    return Compared(row, ours, Outcome.DIFFERS)


def _told(verdict: Verdict) -> Told:
    if isinstance(verdict, Permit):
        cut = "" if verdict.cut_at_age_s is None else f"cut:{verdict.cut_at_age_s}"
        return Told("permit", verdict.code, cut or verdict.view)
    if isinstance(verdict, NeedsAuthorisation):
        signers = f"{verdict.authority}x{verdict.count}"
        return Told(f"needs_authorisation:{signers}", verdict.code, "")
    return Told("refuse", verdict.code, "")


def _keeping(book: Rulebook, reads_s: int) -> Rulebook:
    return book if book.reads_s == reads_s else replace(book, reads_s=reads_s)


def _row(row: Mapping[str, str], *, number: int, known: frozenset[str]) -> Row:
    role, age = row["role"], row["age_s"]
    if row["policy_variant"] not in VARIANTS:
        raise _refusal(number, "names a variant of the policy that is not known")
    if age and not age.lstrip("-").isdecimal():
        raise _refusal(number, "has an age that is no number of seconds")
    facts = {
        **WELL,
        "rank": WELL_RANKS.get(role, ""),
        "other_signer": TWO_SIGNERS.get(role, "none"),
        **_context(row["context"], number=number, known=known),
    }
    asked = Asked(
        role=role,
        capability=row["capability"],
        action=row["action"],
        facts=facts,
        age_s=int(age) if age else None,
        tool=row["tool"],
        purpose=row["purpose"],
        category=row["category"],
        training=row["training"],
        role_state=row["role_state"],
        staff_state=row["staff_state"],
        grant_state=row["grant_state"],
    )
    return Row(
        name=row["id"],
        asked=asked,
        reads_s=VARIANTS[row["policy_variant"]],
        told=Told(row["expected"], row["reason_code"], row["view"]),
    )


def _context(text: str, *, number: int, known: frozenset[str]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for part in filter(None, text.split(";")):
        key, _, value = part.partition("=")
        for fact in SEVERAL.get(key, (key,)):
            if fact not in known:
                raise _refusal(number, f"has the context key {key!r}, which no rule knows")
            facts[fact] = _fact(value, of=fact)
    return facts


def _fact(value: str, *, of: str) -> Fact:
    """Read a value: yes stands for any that is valid, and reasons and references are text."""
    if value == "yes" and not isinstance(WELL.get(of, True), bool):
        return WELL[of]
    if value in {"yes", "no"}:
        return value == "yes"
    if of not in {"reason", "reference"} and value.lstrip("-").isdecimal():
        return int(value)
    return value


def _refusal(number: int, why: str) -> PolicyError:
    return PolicyError(f"table not checked: line {number} {why}; correct it and check again")
