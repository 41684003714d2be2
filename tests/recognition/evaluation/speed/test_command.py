"""The bench of speed runs, says every stage, and says loudly whom it could not run."""

import json
from pathlib import Path

import pytest

from recognition.evaluation.speed.command import main
from recognition.evaluation.speed.contest import ALL, CPU

SHORT = ["--frames", "4", "--rounds", "1", "--skip-memory", "--json"]


def test_each_stage_is_on_the_clock_and_missing_rivals_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SHORT, "--against", str(tmp_path / "nobody")]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    # Where the machine runs another form than was trained, that one is timed beside it.
    assert {"ours", "ratio"} <= set(told["speed"]) <= {"ours", "ours, float", "ratio"}
    assert set(told["speed"]["ratio"]) <= {"ours, float"}
    stages = told["speed"]["ours"]["ms"]
    assert set(stages) == {"find", "read", "settle", "follow", ALL, CPU}
    assert all(0 < p50 <= p95 for p50, p95 in stages.values())
    assert set(told["frames_a_second"]) == {"1", "2"}
    assert all(frames > 0 for frames in told["frames_a_second"].values())
    assert "SKIPPED the rivals" in said.err


def test_rivals_run_on_the_same_frames_in_the_same_process(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SHORT, "--against", str(photos / "peers")]) == 0
    told = json.loads(capsys.readouterr().out)["speed"]
    assert told["YuNet + CCT-XS"]["frames"] == told["ours"]["frames"] == 4
    assert told["ratio"]["YuNet + CCT-XS"]["p50"] > 0


def test_a_folder_without_rivals_in_it_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SHORT, "--against", str(tmp_path)]) == 1
    complaint = capsys.readouterr().err
    assert "yunet" in complaint
    assert complaint.count("\n") == 1
