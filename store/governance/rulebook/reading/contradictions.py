"""Rules of one policy that cannot both hold; a policy with such a pair is not loaded."""

from store.governance.rulebook.nouns import Cell, Rulebook
from store.governance.rulebook.reading.sections import Section

__all__ = ["refuse_contradictions"]

# Codes that decide.py, ages.py and grounds.py give by name; the others stand in the policy.
CODES_OF_RULES = (
    "unknown_role unknown_capability unknown_action unknown_fact unknown_tool unknown_purpose "
    "unknown_category unknown_grant_state unknown_age unknown_staff staff_suspended staff_left "
    "role_change_unreviewed training_expired training_none separation_of_duties never "
    "not_for_role not_own read_only masked_only propose_only sign_only do_only not_an_authoriser "
    "reference_missing reference_malformed reason_placeholder reason_too_short reason_gamed "
    "condition_not_met age_negative age_above_tier beyond_retention category_not_for_tier "
    "wrong_rank needs_fdo_order grant_expired grant_exhausted grant_scope clock_behind_audit"
)


def refuse_contradictions(book: Rulebook, *, file: Section) -> None:
    """Refuse a policy whose rules contradict each other.

    Raises:
        PolicyError: Names the first pair that does.
    """
    codes = {*CODES_OF_RULES.split(), *book.grants.dead.values()}
    for code in sorted(codes | {check.code for check in book.checks}):
        if code not in book.words:
            raise file.refusal(f"words.{code}", "is missing, but a rule gives that code")
    for row, cells in book.matrix.items():
        tier = book.tiers.get(row)
        for role, cell in cells.items():
            if row in book.separation.never | book.separation.never_for[role]:
                raise file.refusal(f"matrix.{row}", f"names {role}, whom [never] refuses")
            if cell is Cell.GRANT and not (
                (tier is not None and tier.authority) or row in {*book.authorities, *book.tools_of}
            ):
                raise file.refusal(f"matrix.{row}", "asks for a grant that nobody signs")
            if role in book.separation.never_search and book.is_in(row, group="searches"):
                raise file.refusal(f"matrix.{row}", f"lets {role} search, who never does")
    for fact, act, unit_s, limit_s, key in (
        ("life_d", "sign", 86_400, book.grants.life_max_s, "life_max_s"),
        ("request_age_s", "sign", 1, book.grants.request_lapses_s, "request_lapses_s"),
        ("since_order_s", "do", 1, book.grants.urgent_life_s, "urgent_life_s"),
        ("since_order_s", "sign", 1, book.grants.urgent_ratify_s, "urgent_ratify_s"),
    ):
        for check in book.checks:
            differs = (check.most or 0) * unit_s != limit_s
            if check.fact == fact and act in check.act and differs:
                raise file.refusal(f"grants.{key}", f"differs from the check of {fact}")
    if book.separation.auditor in book.separation.operational:
        raise file.refusal("separation.operational", "holds the auditor, who is kept apart")
