"""The floors on real photos; `scripts/bench_recognition` prints figures and intervals."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recognition.frame import decode
from recognition.passages.passage import PassageTracker
from recognition.recogniser import Recogniser

pytestmark = pytest.mark.photos
ROOT = Path(__file__).parents[2]


def _bench(data: Path, *more: str) -> dict[str, Any]:
    script = ROOT / "scripts" / "bench_recognition"
    done = subprocess.run(
        [sys.executable, script, "--data", data, "--json", *more],
        capture_output=True,
        text=True,
        check=True,
    )
    results: dict[str, Any] = json.loads(done.stdout)
    return results


def test_uk_photos_are_found_and_read_above_the_floor(photos: Path) -> None:
    figures = _bench(photos / "uk_dev")["ours"]["figures"]
    assert figures["recall_centre"][0] >= 0.92
    assert figures["exact"][0] >= 0.80


def test_uk_crops_are_read_above_the_floor(photos: Path) -> None:
    assert _bench(photos / "uk_dev_crops")["ours"]["figures"]["exact"][0] >= 0.88


def test_rivals_are_measured_in_the_same_run(photos: Path) -> None:
    if not (photos / "peers").is_dir():
        pytest.skip(f"NO RIVALS: {photos} has no peers")
    results = _bench(photos / "uk_dev", "--against", "peers")
    ours, theirs = results["ours"]["figures"], results["YuNet + CCT-XS"]["figures"]
    assert theirs["recall_centre"][0] >= 0.6, "the rival runs as its makers meant it to"
    assert ours["recall_centre"][0] >= theirs["recall_centre"][0]


def test_a_drive_gives_the_same_passages_twice(photos: Path, recogniser: Recogniser) -> None:
    folder = photos / "romania_drives" / "images"
    if not folder.is_dir():
        pytest.skip(f"NO DRIVE: {photos} has no romania_drives")
    drive = sorted(folder.glob("dayride_type1_001*"), key=lambda path: int(_second(path)))[:25]

    def passages() -> list[tuple[object, ...]]:
        tracker, settled = PassageTracker(camera_id="DRIVE"), []
        for path in drive:
            frame = decode(path.read_bytes())
            reading = recogniser.read(frame)
            settled += tracker.follow(reading, frame=frame, at_s=float(_second(path))).settled
        settled += tracker.finish().settled
        return [
            (sight.passage_start_s, sight.index, sight.vrm, sight.plate_patch.tobytes())
            for sight in settled
        ]

    once = passages()
    assert once
    assert once == passages()


def _second(path: Path) -> str:
    return path.stem.rpartition("_t")[2]
