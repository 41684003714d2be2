"""How a film is marked, and that the tracker passes a short one."""

import numpy as np

from recognition.evaluation.exams.passages import PassageMarks, mark_films, marked, shoot
from recognition.recogniser import Recogniser


def test_every_vehicle_told_once_is_all_right() -> None:
    marks = marked(("AB12CDE", "XY65ZZZ"), ["XY65ZZZ", "AB12CDE"])
    assert marks == PassageMarks(passages=2, exact=2)


def test_a_vehicle_told_twice_is_a_split_passage() -> None:
    marks = marked(("AB12CDE",), ["AB12CDE", "AB12CDF"])
    assert (marks.exact, marks.split, marks.merged) == (1, 1, 0)
    assert marks.misses == (("", "AB12CDF"),)


def test_two_vehicles_told_as_one_are_merged() -> None:
    marks = marked(("AB12CDE", "AB12CDF"), ["AB12CDE"])
    assert (marks.exact, marks.split, marks.merged) == (1, 0, 1)


def test_a_wrong_mark_is_neither_split_nor_merged() -> None:
    marks = marked(("AB12CDE",), ["A812CDE"])
    assert (marks.exact, marks.split, marks.merged) == (0, 0, 0)
    assert marks.misses == (("AB12CDE", "A812CDE"),)


def test_films_add_up() -> None:
    one = PassageMarks(passages=4, exact=3, merged=1, misses=(("AB12CDE", ""),))
    assert one + PassageMarks(passages=4, exact=4) == PassageMarks(8, 7, 0, 1, one.misses)


def test_a_film_shows_its_vehicles_in_order_with_empty_road_between() -> None:
    film = shoot(np.random.default_rng(3), vehicles=2, every_s=0.5)
    frames = list(film.frames)
    times = [at_s for at_s, _ in frames]
    shown = [scene.plates[0].text for _, scene in frames if scene.plates]
    assert tuple(dict.fromkeys(shown)) == film.vrms
    assert 10 <= len(shown) <= 80
    assert times == sorted(times)
    assert sum(not scene.plates for _, scene in frames) == 2


def test_a_short_film_is_told_vehicle_by_vehicle(recogniser: Recogniser) -> None:
    marks = mark_films(recogniser, passages=4, seed=5)
    assert marks.passages == 4
    assert marks.exact >= 3
    assert marks.split + marks.merged <= 1
