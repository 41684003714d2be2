"""`anpr ingest` under kill -9 at random moments: the reads of an undisturbed run, none twice."""

import json
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from subprocess import DEVNULL

import cv2
import numpy as np
import pytest

from recognition.synthetic.camera import Light
from recognition.synthetic.footage import RoadsideCamera
from store.archive.search import Archive
from store.terms import MatchKind, Scope
from tests.resilience.processes import anpr, outlived, start_anpr

PICTURES = 150
KILLS = 10
MARKS = ("JB14JSW", "TK22HRM", "UX21CVB", "TB17MDM", "AB12KLM", "XJ71SLN")
END_S = 1.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures with a plate, without one, torn ones, and a text named .jpg."""
    place = tmp_path_factory.mktemp("feed")
    rng = np.random.default_rng(3)
    camera = RoadsideCamera(rng, light=Light.DAY, size_px=(640, 360))
    for number in range(PICTURES):
        if number % 3:
            *_, scene = camera.passage(rng, vrm=MARKS[number % len(MARKS)], frames=2)
        else:
            scene = camera.empty(rng)
        jpeg = cv2.imencode(".jpg", scene.image)[1].tobytes()
        torn = number % 25 == 24
        (place / f"{number:03}.jpg").write_bytes(jpeg[: len(jpeg) // 2] if torn else jpeg)
    (place / "a text.jpg").write_text("not a picture")
    return place


def stored(state: Path) -> list[tuple[str, str]]:
    """Identity and mark of every read that is stored, each as often as it is there."""
    archive, before = Archive(state / "archive"), ""
    found: list[tuple[str, str]] = []
    while True:
        rows, more = archive.search(
            Scope(
                vrm="",
                kind=MatchKind.EXACT,
                since_at=datetime(2020, 1, 1, tzinfo=UTC),
                until_at=datetime(2100, 1, 1, tzinfo=UTC),
                limit=500,
                before=before,
            )
        )
        found += [(row.read.read_id, row.read.vrm) for row in rows]
        if not more:
            return found
        before = rows[-1].key


def recorded_bytes(state: Path) -> int:
    """Rises with every account that is recorded."""
    total = 0
    for path in state.glob("spool/*"):
        with suppress(FileNotFoundError):  # SQLite takes its log away when it closes
            total += path.stat().st_size
    return total


def kill_somewhere(process, *, state: Path, rng: np.random.Generator) -> None:
    """A third of the kills at any moment of the start, the others while accounts are recorded."""
    if rng.random() < 0.33:
        until_s = time.monotonic() + rng.uniform(0, 10)
        while process.poll() is None and time.monotonic() < until_s:
            time.sleep(0.01)
    else:
        before = recorded_bytes(state)
        while process.poll() is None and recorded_bytes(state) == before:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.5))
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_ten_kills_change_nothing(folder: Path, tmp_path: Path):
    def arguments(state: Path) -> list[str]:
        return ["ingest", str(folder), "--camera", "NS-C01", "--json", "--state", str(state)]

    undisturbed = anpr(*arguments(tmp_path / "calm"), run="calm")
    assert undisturbed.returncode == 0, undisturbed.stderr
    calm = json.loads(undisturbed.stdout)
    assert calm["files"] == PICTURES + 1
    assert calm["read"] + calm["no_plate"] + calm["refused"] == calm["files"]
    assert calm["refused"] == PICTURES // 25 + 1
    assert calm["reads"] >= PICTURES // 2

    seed = int(os.environ.get("ANPR_CHAOS_SEED", "1711"))
    rng = np.random.default_rng(seed)
    state = tmp_path / "killed"
    for _ in range(KILLS):
        process = start_anpr(*arguments(state), run="killed", stdout=DEVNULL, stderr=DEVNULL)
        kill_somewhere(process, state=state, rng=rng)
    finished = anpr(*arguments(state), run="killed")
    assert finished.returncode == 0, finished.stderr
    killed = json.loads(finished.stdout)

    assert killed["known"] > 0, "no kill came while pictures were being recorded"
    assert {**killed, "known": 0} == {**calm, "known": 0}, f"seed {seed}"
    reads = stored(state)
    assert [read for read, times in Counter(reads).items() if times > 1] == []
    assert sorted(reads) == sorted(stored(tmp_path / "calm"))
    assert outlived("killed", within_s=END_S) == []
    assert not (state / "ray.folders").exists()
