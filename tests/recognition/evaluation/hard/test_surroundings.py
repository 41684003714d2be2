"""Near-duplicates and neighbouring frames never stand in both halves."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition.evaluation.hard.surroundings import Half, drawn, photographed

SEED = 8


def _pictures(count: int) -> list[np.ndarray]:
    """Pictures that look nothing like each other."""
    rng = np.random.default_rng(SEED)
    return [
        cv2.resize(rng.integers(0, 256, (12, 16, 3), np.uint8), (320, 240)) for _ in range(count)
    ]


def _write(folder: Path, pictures: dict[str, np.ndarray]) -> None:
    (folder / "images").mkdir(parents=True)
    with (folder / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "x", "y", "w", "h", "text"))
        for name, picture in pictures.items():
            cv2.imwrite(str(folder / "images" / name), picture)
            rows.writerow((name, 100, 100, 80, 20, ""))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    frames = _pictures(60)
    _write(
        tmp_path / "romania_drives",
        {f"ride.mp4_t{at}.png": picture for at, picture in enumerate(frames[:40])},
    )
    twins = {f"car{n}-{copy}.png": frames[40 + n] for n in range(20) for copy in "ab"}
    _write(tmp_path / "mixed_cars", twins)
    return tmp_path


def test_a_drive_is_parted_by_time_with_a_gap_between(data: Path) -> None:
    open_half, sealed = (photographed(data, half=half) for half in Half)
    assert len(open_half.roads) == len(sealed.roads) == 14
    assert not any(np.array_equal(one, other) for one in open_half.roads for other in sealed.roads)


def test_pictures_that_look_alike_stay_in_one_half(data: Path) -> None:
    open_half, sealed = (photographed(data, half=half) for half in Half)
    assert len(open_half.vehicles) + len(sealed.vehicles) == 40
    assert min(len(open_half.vehicles), len(sealed.vehicles)) >= 4
    for one in open_half.vehicles:
        assert not any(np.array_equal(one.image, other.image) for other in sealed.vehicles)


def test_a_vehicles_own_plate_is_painted_over(tmp_path: Path) -> None:
    picture = np.full((240, 320, 3), 90, np.uint8)
    picture[100:120, 100:180] = 255
    _write(tmp_path / "romania_drives", {"ride.mp4_t1.png": picture})
    _write(tmp_path / "mixed_cars", {"car1.png": picture, "car2.png": picture})
    halves = [photographed(tmp_path, half=half) for half in Half]
    vehicles = [vehicle for half in halves for vehicle in half.vehicles]
    assert vehicles
    assert all(int(vehicle.image.max()) < 120 for vehicle in vehicles)


def test_without_photographs_roads_are_drawn_and_differ_by_half() -> None:
    open_half, sealed = (drawn(half=half) for half in Half)
    assert len(open_half.vehicles) > 5
    assert not open_half.real
    assert not np.array_equal(open_half.roads[0], sealed.roads[0])
