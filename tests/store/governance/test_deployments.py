"""What a list entry says is what is proposed; what it does not say is the officer's to give."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance.deployments import REASON_MAX_CHARS, proposed
from store.governance.rulebook.grounds import unfounded
from store.governance.rulebook.loading import carried
from store.governance.rulebook.verdicts import Asked
from store.purposes import Category, kept
from store.terms import Action, Ground, Priority, Purpose, VehicleOfInterest

BOOK = carried()
ENTRY = VehicleOfInterest(
    entry_id="26/000001T",
    list_name="PNC",
    vrm="TX26KLM",
    fold="TX26K1M",
    priority=Priority.MEDIUM,
    action=Action.STOP,
    reason="M01 Wanted person",
    markers="",
    make="FORD",
    model="FOCUS",
    colour="BLUE",
    instructions="Stop and check",
    force_area="NS COAST",
    weeds_at=datetime(2026, 12, 17, tzinfo=UTC),
    incident="NS-20261117-0003",
    source_ref="PNC-020000",
)
LISTED = Ground(
    purpose=Purpose.ONGOING_INVESTIGATION,
    category=Category.SERIOUS,
    reference="NS-2611-04417",
    reason="Vehicles named by the victims of the burglaries in Moor Lane",
)


@pytest.mark.parametrize(
    ("reason", "purpose"),
    [
        ("M01 Wanted person", Purpose.WANTED_PERSON),
        ("H02 Missing person, high risk", Purpose.MISSING_PERSON),
        ("L01 No insurance", Purpose.UNINSURED),
        ("L02", Purpose.UNTAXED),
        (" H04 Wanted, serious crime ", Purpose.WANTED_PERSON),
    ],
)
def test_the_reason_code_of_an_entry_says_the_purpose(reason: str, purpose: Purpose) -> None:
    ground = proposed(replace(ENTRY, reason=reason), listed=None, book=BOOK)
    assert ground is not None
    assert (ground.purpose, ground.category) == (purpose, "operational response")


def test_every_reason_code_of_the_policy_has_a_purpose_of_the_policy() -> None:
    lists = BOOK.figures.lists
    assert lists.purposes.keys() == lists.reasons.keys()


def test_where_the_policy_has_no_purpose_for_a_code_none_is_proposed() -> None:
    lists = replace(BOOK.figures.lists, purposes={})
    book = replace(BOOK, figures=replace(BOOK.figures, lists=lists))
    assert proposed(ENTRY, listed=None, book=book) is None
    assert proposed(ENTRY, listed=LISTED, book=book) is not None


def test_what_somebody_loaded_a_list_on_comes_before_the_code() -> None:
    ground = proposed(ENTRY, listed=LISTED, book=BOOK)
    assert ground is not None
    assert (ground.purpose, ground.reference) == (LISTED.purpose, ENTRY.incident)


@pytest.mark.parametrize(
    ("incident", "source_ref", "listed", "reference"),
    [
        ("NS-20261117-0003", "NS-2611-04417", None, "NS-20261117-0003"),
        ("see log", " NS-2611-04417 ", None, "NS-2611-04417"),
        ("", "PNC-020000", LISTED, LISTED.reference),
        ("", "PNC-020000", None, ""),
    ],
)
def test_the_first_reference_in_good_form_is_proposed_and_no_other(
    incident: str, source_ref: str, listed: Ground | None, reference: str
) -> None:
    entry = replace(ENTRY, incident=incident, source_ref=source_ref)
    ground = proposed(entry, listed=listed, book=BOOK)
    assert ground is not None
    assert ground.reference == reference


@given(
    code=st.sampled_from(sorted(BOOK.figures.lists.reasons)),
    rest=st.text(st.characters(exclude_categories=["C"]), max_size=2_000),
)
def test_what_is_proposed_with_a_reference_would_be_taken(code: str, rest: str) -> None:
    ground = proposed(replace(ENTRY, reason=f"{code} {rest}"), listed=None, book=BOOK)
    assert ground is not None
    asked = Asked(role="OP", capability="acknowledge_alarm", action="do", facts=kept(ground))
    assert list(unfounded(asked, rules=BOOK.grounds)) == []
    assert len(ground.reason) <= REASON_MAX_CHARS
    assert ENTRY.vrm not in ground.reason


def test_the_reason_names_list_entry_and_why_it_is_listed() -> None:
    ground = proposed(ENTRY, listed=None, book=BOOK)
    assert ground is not None
    assert ground.reason == "Alarm on PNC entry 26/000001T: M01 Wanted person"
