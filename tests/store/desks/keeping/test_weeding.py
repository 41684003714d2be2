"""Who may have the hub weed, who may look at what is due, and what stands in the record."""

from datetime import timedelta

import pytest

from store.desks import Desks
from store.errors import RefusedError
from store.ledger import clock
from store.terms import Officer
from tests.store.rig import OPERATOR, Rig, read

ADMIN = Officer("NS5001", "ADM", "Okoro")
MANAGER = Officer("NS4900", "AM", "Hale")


@pytest.fixture
def desks(rig: Rig) -> Desks:
    rig.enrol(ADMIN)
    rig.enrol(MANAGER)
    rig.writer.record([read(1, age=timedelta(days=400)), read(2)])
    return rig.desks


def test_an_administrator_orders_it_and_the_order_is_on_record(rig: Rig, desks: Desks) -> None:
    seq = desks.weeding.order(ADMIN, now=rig.clock())
    (record,) = [one for one in rig.records() if one["kind"] == "weeding ordered"]
    assert (record["seq"], record["by"], record["rule"]) == (seq, ADMIN.staff_id, "weed_run.ADM")


@pytest.mark.parametrize("officer", [MANAGER, OPERATOR])
def test_nobody_else_orders_it(rig: Rig, desks: Desks, officer: Officer) -> None:
    with pytest.raises(RefusedError):
        desks.weeding.order(officer, now=rig.clock())
    assert rig.kinds(by=officer.staff_id) == ["refused"]


def test_what_is_due_is_counted_for_those_who_may_look(rig: Rig, desks: Desks) -> None:
    for officer in (ADMIN, MANAGER):
        stands = desks.weeding.stand(officer, now=rig.clock())
        assert (stands.due_days, stands.under_way, stands.certificate) == (1, False, 0)
    with pytest.raises(RefusedError):
        desks.weeding.stand(OPERATOR, now=rig.clock())


def test_where_nothing_is_due_an_order_is_refused(rig: Rig) -> None:
    rig.enrol(ADMIN)
    rig.writer.record([read(2)])
    with pytest.raises(RefusedError) as refused:
        rig.desks.weeding.order(ADMIN, now=rig.clock())
    assert refused.value.reason == "not_due"


def test_a_clock_that_jumped_is_refused_with_the_way_out(rig: Rig, desks: Desks) -> None:
    with rig.ledger.transaction() as tx:
        clock.confirm(tx, now=rig.clock())
    with pytest.raises(RefusedError, match="--today"):
        desks.weeding.order(ADMIN, now=rig.clock() + timedelta(days=40))
