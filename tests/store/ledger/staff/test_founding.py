"""An empty register begins with two people, or stays empty."""

from dataclasses import replace

import pytest

from store.errors import InputError, RefusedError
from store.ledger import audit, staff
from store.ledger.ledger import Ledger
from store.ledger.staff import founding
from store.terms import Officer
from tests.store.ledger.staff.people import LEAD, MANAGER, NOW, found, founder, public_key


def test_two_people_found_the_register_and_each_stands_for_the_other(ledger: Ledger) -> None:
    with ledger.reading() as db:
        assert founding.is_empty(db)
    found(ledger)
    with ledger.reading() as db:
        assert founding.is_founded(db)
        assert [one.officer.staff_id for one in staff.every(db)] == [LEAD, MANAGER]
        for one in staff.every(db):
            assert one.key_fingerprint
            assert one.second_factor
        bodies = [audit.body_of(one) or {} for one in audit.read(db, first=1, count=100)]
    lines = [body for body in bodies if body["kind"] == "staff founded"]
    assert [(body["about"]["staff_id"], body["by"]) for body in lines] == [
        (MANAGER, LEAD),
        (LEAD, MANAGER),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((MANAGER, "AM"), (MANAGER, "SL")),
        ((MANAGER, "AM"), (LEAD, "AM")),
        ((MANAGER, "SL"), (LEAD, "SL")),
        ((MANAGER, "OP"), (LEAD, "SL")),
        ((MANAGER, "ADM"), (LEAD, "AUD")),
    ],
)
def test_two_who_could_not_go_on_together_found_nothing(
    ledger: Ledger, first: tuple[str, str], second: tuple[str, str]
) -> None:
    with pytest.raises(RefusedError, match="two people"), ledger.transaction() as tx:
        founding.found(tx, founder(*first), founder(*second), now=NOW)
    with ledger.reading() as db:
        assert founding.is_empty(db)
        assert audit.last_seq(db) == 0


def test_two_numbers_with_one_key_are_one_person(ledger: Ledger) -> None:
    key = public_key()
    one, two = founder(MANAGER, "AM"), founder(LEAD, "SL")
    with pytest.raises(RefusedError, match="same key"), ledger.transaction() as tx:
        founding.found(tx, replace(one, key=key), replace(two, key=key), now=NOW)


def test_two_numbers_with_one_second_factor_are_one_person(ledger: Ledger) -> None:
    one, two = founder(MANAGER, "AM"), founder(LEAD, "SL")
    with pytest.raises(RefusedError, match="second factor"), ledger.transaction() as tx:
        founding.found(tx, one, replace(two, credentials=one.credentials), now=NOW)


def test_a_founder_without_a_key_founds_nothing(ledger: Ledger) -> None:
    one, two = founder(MANAGER, "AM"), founder(LEAD, "SL")
    with pytest.raises(InputError), ledger.transaction() as tx:
        founding.found(tx, replace(one, key=""), two, now=NOW)
    with ledger.reading() as db:
        assert founding.is_empty(db)


def test_a_register_is_founded_once(ledger: Ledger) -> None:
    found(ledger)
    with pytest.raises(RefusedError, match="already"), ledger.transaction() as tx:
        founding.found(tx, founder("NS3002", "AM"), founder("NS2002", "SL"), now=NOW)


def test_a_demonstration_is_never_founded_and_a_founded_register_demonstrates_nothing(
    ledger: Ledger,
) -> None:
    with ledger.transaction() as tx:
        staff.enrol(tx, Officer(staff_id="NS4021", role="OP"), now=NOW)
    with pytest.raises(RefusedError, match="already"):
        found(ledger)
    real = Ledger.open(ledger.path.with_name("real.db"))
    try:
        found(real)
        with pytest.raises(RefusedError, match="two people"), real.transaction() as tx:
            staff.enrol(tx, Officer(staff_id="NS4021", role="OP"), now=NOW)
    finally:
        real.close()
