"""Small seeded sittings: far above what a broken reader gives, below what is asked of many."""

import json
from pathlib import Path

import pytest

from recognition.evaluation.exams.command import main
from recognition.evaluation.exams.papers import PAPERS, Paper, Result, sit
from recognition.evaluation.shares import share
from recognition.recogniser import Recogniser


@pytest.mark.parametrize(("name", "least"), [("day", 0.8), ("infra-red", 0.8), ("two-line", 0.8)])
def test_a_small_sitting_is_mostly_right(recogniser: Recogniser, name: str, least: float) -> None:
    result = sit(name, recogniser, cases=15)
    assert result.measured.of == 15
    assert result.measured.value >= least


def test_the_same_exam_shows_the_same_pictures(recogniser: Recogniser) -> None:
    assert sit("dateless", recogniser, cases=4) == sit("dateless", recogniser, cases=4)


def test_what_is_asked_at_most_is_not_met_by_more() -> None:
    paper = PAPERS["false reads"]
    assert paper.less_is_better
    assert paper.met(Result(share(10, 5000), {}, ()))
    assert not paper.met(Result(share(11, 5000), {}, ()))


def test_what_is_asked_at_least_is_not_met_by_less() -> None:
    def nobody(*_: object) -> Result:
        raise NotImplementedError

    paper = Paper(0.97, nobody)
    assert paper.met(Result(share(97, 100), {}, ()))
    assert not paper.met(Result(share(96, 100), {}, ()))


def test_the_command_tells_asked_beside_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "Q", "--n", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["Q"]
    assert (told["asked"], told["at"], told["cases"]) == (0.9, "least", 3)
    assert told["interval"][0] <= told["measured"] <= told["interval"][1]


def test_a_folder_that_is_no_pack_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--models", str(tmp_path / "none")]) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("Error: ")
    assert complaint.count("\n") == 1
