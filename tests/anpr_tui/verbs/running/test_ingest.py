"""`anpr ingest`: what it refuses before it starts anything, and how it counts."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from anpr_tui.cli import main
from anpr_tui.verbs.running.ingest import Tally
from cluster.camera import Progress
from store.terms import Outcome


def refused(*arguments: str, state: Path) -> str:
    result = CliRunner().invoke(main, ["ingest", *arguments, "--state", str(state)])
    assert result.exit_code == 1, result.output
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("name", ["nowhere", "nowhere.mp4"])
def test_a_path_that_is_not_there_is_one_line_and_starts_nothing(tmp_path: Path, name: str):
    line = refused(str(tmp_path / name), "--camera", "NS-C01", state=tmp_path / "state")
    assert str(tmp_path / name) in line
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("camera", ["ns c01", "", "A" * 33, "NS-C01\n"])
def test_a_camera_that_cannot_be_is_one_line(tmp_path: Path, camera: str):
    line = refused(str(tmp_path), "--camera", camera, state=tmp_path / "state")
    assert "such as NS-C01" in line


def test_the_counts_add_up_to_the_files():
    outcomes = {Outcome.READ: 11, Outcome.NO_PLATE: 5, Outcome.REFUSED: 4}
    progress = Progress(outcomes, 13, 0, (), 0.0, 0, "", done=True)
    tally = Tally.of(progress)
    assert tally.read + tally.no_plate + tally.refused == tally.files == 20
    assert tally.line() == "files 20, read 11, no plate 5, refused 4, reads 13"


def test_files_known_from_before_are_said_and_an_empty_folder_is_no_files():
    tally = Tally.of(Progress({Outcome.READ: 2}, 3, 2, (), 0.0, 0, "", done=True))
    assert tally.line().endswith("reads 3 (2 of the files known from before)")
    nothing = Tally.of(Progress({}, 0, 0, (), 0.0, 0, "", done=True))
    assert nothing.line() == "files 0, read 0, no plate 0, refused 0, reads 0"
