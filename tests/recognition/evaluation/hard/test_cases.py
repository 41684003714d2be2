"""The hard set is the same for everybody, covers what it promises, and keeps its halves apart."""

from recognition.evaluation.hard.cases import Nuisance, cases_of
from recognition.evaluation.hard.surroundings import Half


def test_a_longer_run_begins_with_the_same_plates() -> None:
    assert list(cases_of(Half.OPEN, count=40))[:20] == list(cases_of(Half.OPEN, count=20))


def test_the_halves_share_no_seed() -> None:
    seeds = [{case.seed for case in cases_of(half, count=300)} for half in Half]
    assert len(seeds[0]) == len(seeds[1]) == 300
    assert seeds[0] & seeds[1] == set()


def test_every_nuisance_comes_equally_often_and_widths_reach_from_14_to_300() -> None:
    cases = list(cases_of(Half.SEALED, count=20 * len(Nuisance)))
    assert {sum(case.nuisance is each for case in cases) for each in Nuisance} == {20}
    widths = [case.width_px for case in cases]
    assert 14 <= min(widths) < 20
    assert 250 < max(widths) <= 300
    assert len({case.format_id for case in cases}) == 11
