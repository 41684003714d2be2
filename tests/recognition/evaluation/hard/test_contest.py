"""Marks are given by where and what a reader answers, and ours is beaten when it is worse."""

import json
from pathlib import Path

import numpy as np
import pytest

from recognition.evaluation.command import main
from recognition.evaluation.hard.cases import cases_of
from recognition.evaluation.hard.contest import (
    OURS_UNGATED,
    Answers,
    contest,
    ours,
    ours_ungated,
    summary,
    told,
)
from recognition.evaluation.hard.picture import compose
from recognition.evaluation.hard.surroundings import Half, Surroundings, drawn
from recognition.frame import Image
from recognition.looks.plates import Box, box_of
from recognition.recogniser import Recogniser
from tests.recognition.conftest import drawn_plate
from tests.recognition.onlookers import with_onlooker
from tests.recognition.test_recogniser import road_with


@pytest.fixture(scope="module")
def among() -> Surroundings:
    return drawn(half=Half.OPEN)


def _knowing(among: Surroundings, *, count: int, text: str | None = None) -> Answers:
    """A reader that knows where every plate is, and its mark unless it always says `text`."""
    known = {}
    for case in cases_of(Half.OPEN, count=count):
        picture = compose(case, among=among)
        truth = picture.truth
        known[picture.image.tobytes()] = (box_of(truth.corners), text or truth.text)

    def answers(image: Image) -> list[tuple[Box, str]]:
        return [known[image.tobytes()]]

    return answers


def _blind(_: Image) -> list[tuple[Box, str]]:
    return []


def test_a_reader_that_knows_all_beats_a_blind_one(among: Surroundings) -> None:
    readers = {"ours": _knowing(among, count=20), "blind": _blind}
    figures = summary(*contest(cases_of(Half.OPEN, count=20), among=among, readers=readers))
    assert figures["readers"]["ours"]["exact"]["value"] == 1.0
    assert figures["readers"]["blind"]["found"]["value"] == 0.0
    assert figures["errors"]["blind"]["exact"]["value"] == 0.0


def test_finding_without_reading_is_found_and_not_exact(among: Surroundings) -> None:
    readers = {"ours": _blind, "finder": _knowing(among, count=12, text="ZZZZ")}
    figures = summary(*contest(cases_of(Half.OPEN, count=12), among=among, readers=readers))
    assert figures["readers"]["finder"]["found"]["value"] == 1.0
    assert figures["readers"]["finder"]["exact"]["value"] == 0.0
    assert figures["errors"]["finder"]["found"]["value"] == 24.0


def test_rivals_are_met_on_their_terms_as_well_where_that_was_tried(among: Surroundings) -> None:
    readers = {
        "ours": _knowing(among, count=12, text="ZZZZ"),
        "blind": _blind,
        OURS_UNGATED: _knowing(among, count=12),
    }
    figures = summary(*contest(cases_of(Half.OPEN, count=12), among=among, readers=readers))
    assert figures["errors"].keys() == {"blind"}
    assert figures["readers"].keys() == {"ours", "blind"}
    assert figures["nothing gated"]["exact"]["value"] == 1.0
    assert "ours, nothing gated" in told(figures)
    assert figures["errors"]["blind"]["exact"]["value"] == 1.0
    assert figures["errors"]["blind"]["exact, nothing gated"]["value"] == 0.0


def test_nothing_gated_reports_the_mark_that_the_gate_drops(tmp_path: Path) -> None:
    never = np.array([[0.001]], np.float32)
    recogniser = Recogniser.open(with_onlooker(tmp_path, "plate_check", never))
    frame = road_with(drawn_plate("A123 BCD"), x=500, y=400, width=130)
    assert "A123BCD" not in [mark for _, mark in ours(recogniser)(frame.image)]
    assert "A123BCD" in [mark for _, mark in ours_ungated(recogniser)(frame.image)]


def test_tables_hold_every_plate_once(among: Surroundings) -> None:
    cases = cases_of(Half.OPEN, count=19)
    figures = summary(*contest(cases, among=among, readers={"ours": _blind}))
    assert sum(row["cases"] for row in figures["by"]["width"].values()) == 19
    assert sum(row["cases"] for row in figures["by"]["nuisance"].values()) == figures["legible"]


def test_the_command_runs_without_photographs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--hard", "open", "--n", "19", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["half"], figures["surroundings"], figures["cases"]) == ("open", "drawn", 19)
    assert figures["readers"]["ours"]["exact"]["value"] >= 0.5
    assert np.isfinite(figures["readers"]["ours"]["found"]["high"])
