"""What a form may lose: no more than chance gives and takes, and never much."""

import pytest

from recognition.training.forms.check import Compared, Marks


def compared(*, plates: int, lost: int, gained: int) -> Compared:
    before = [True] * lost + [False] * gained + [True] * (plates - lost - gained)
    after = [False] * lost + [True] * gained + [True] * (plates - lost - gained)
    found = (True,) * plates
    return Compared(
        "plate_ocr", "int8", "set", Marks(found, tuple(before)), Marks(found, tuple(after))
    )


@pytest.mark.parametrize(
    ("plates", "lost", "gained", "well"),
    [
        (1000, 0, 0, True),
        (1000, 5, 12, True),
        (1000, 20, 12, True),  # 8 fewer of 32 that changed: within 2 sqrt(32)
        (1000, 9, 0, False),  # 9 fewer of 9 that changed: no chance does that
        (1000, 60, 48, False),  # within chance, but more than 1 %
        (13, 1, 0, False),  # one of thirteen is more than 1 %
    ],
)
def test_a_form_reads_as_well_or_it_does_not(
    plates: int, lost: int, gained: int, well: bool
) -> None:
    each = compared(plates=plates, lost=lost, gained=gained)
    assert (each.lost, each.gained) == (lost, gained)
    assert each.reads_as_well is well
