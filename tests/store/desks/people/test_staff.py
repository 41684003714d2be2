"""Signing on: only who is on the register and active."""

import pytest

from store.errors import RefusedError
from tests.store.rig import NOON, OPERATOR, Rig


def test_an_active_officer_signs_on_with_the_role_of_the_register(rig: Rig) -> None:
    assert rig.desks.staff.sign_on("NS4021", now=NOON) == OPERATOR
    assert rig.kinds(by="NS4021") == ["asked", "returned"]


@pytest.mark.parametrize(
    ("state", "reason"), [("suspended", "staff_suspended"), ("left", "staff_left")]
)
def test_an_officer_who_is_not_active_is_refused_with_what_to_do(
    rig: Rig, state: str, reason: str
) -> None:
    rig.enrol(OPERATOR, state)
    with pytest.raises(RefusedError, match="ANPR Manager") as refused:
        rig.desks.staff.sign_on("NS4021", now=NOON)
    assert refused.value.reason == reason
    assert rig.kinds(by="NS4021") == ["refused"]


@pytest.mark.parametrize("staff_id", ["", "NS0000", "ns4021", "NS4021 ", "' OR 1=1 --"])
def test_a_number_that_is_not_on_the_register_is_refused(rig: Rig, staff_id: str) -> None:
    with pytest.raises(RefusedError) as refused:
        rig.desks.staff.sign_on(staff_id, now=NOON)
    assert refused.value.reason == "unknown_staff"
