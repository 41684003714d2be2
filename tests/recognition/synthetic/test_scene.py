"""Scenes and footage: the truth must be where the plate is drawn."""

import numpy as np
import pytest

from recognition.synthetic.camera import Light, project, tilt
from recognition.synthetic.footage import RoadsideCamera, footage, passage
from recognition.synthetic.scene import render_scene
from recognition.synthetic.vehicles.body import COLOURS, draw_vehicle
from recognition.synthetic.vehicles.marks import VehicleMark
from recognition.synthetic.vehicles.slices import BODIES

_SIZE = (640, 360)


@pytest.mark.parametrize("light", Light)
def test_the_plate_is_where_the_truth_says(light: Light) -> None:
    """The same scene drawn with blacked-out plates differs inside the corners and nowhere else."""
    drawn = [
        render_scene(
            np.random.default_rng(3), vehicles=2, light=light, size_px=_SIZE, plates=plates
        )
        for plates in (True, False)
    ]
    assert drawn[0].plates
    assert drawn[1].plates == ()
    apart = np.abs(drawn[0].image.astype(int) - drawn[1].image).max(2)
    outside = np.ones_like(apart, bool)
    for plate in drawn[0].plates:
        x0, y0 = plate.corners.min(0)
        x1, y1 = plate.corners.max(0)
        box = (slice(int(y0), int(y1) + 1), slice(int(x0), int(x1) + 1))
        assert apart[box].mean() > 20
        around = (
            slice(max(0, int(y0) - 12), int(y1) + 13),
            slice(max(0, int(x0) - 12), int(x1) + 13),
        )
        outside[around] = False
    assert apart[outside].max() <= 1


def test_the_same_seed_draws_the_same_scene() -> None:
    first, second = (
        render_scene(np.random.default_rng(5), vehicles=2, size_px=_SIZE) for _ in range(2)
    )
    assert np.array_equal(first.image, second.image)
    assert [plate.text for plate in first.plates] == [plate.text for plate in second.plates]


def test_an_empty_road_has_no_plate() -> None:
    scene = render_scene(np.random.default_rng(1), vehicles=0, size_px=_SIZE, decoys=4)
    assert scene.plates == ()
    assert scene.image.shape == (360, 640, 3)


def test_signs_are_told_where_they_stand() -> None:
    signs = 0
    for seed in range(12):
        scene = render_scene(np.random.default_rng(seed), vehicles=0)
        for x, y, width, height in scene.signs:
            seen = scene.image[max(0, int(y)) : int(y + height), max(0, int(x)) : int(x + width)]
            assert seen.reshape(-1, 3).std(0).max() > 25  # a ground and words or a rim on it
            signs += 1
    assert signs


@pytest.mark.parametrize("approaching", [True, False])
def test_a_vehicle_that_comes_grows_and_one_that_goes_shrinks(approaching: bool) -> None:
    frames = list(
        passage(
            np.random.default_rng(2),
            vrm="AB12CDE",
            frames=5,
            size_px=_SIZE,
            approaching=approaching,
        )
    )
    widths = [float(np.ptp(frame.plates[0].corners[:, 0])) for frame in frames]
    assert len(frames) == 5
    assert {frame.plates[0].text for frame in frames} == {"AB12CDE"}
    assert widths == sorted(widths, reverse=not approaching)
    assert max(widths) > 2 * min(widths)


@pytest.mark.parametrize("light", Light)
def test_in_every_frame_the_whole_plate_is_in_the_picture(light: Light) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        for frame in passage(rng, vrm="A1BCD", frames=4, light=light, size_px=_SIZE):
            (plate,) = frame.plates
            assert (plate.corners >= 0).all()
            assert (plate.corners <= _SIZE).all()


def test_footage_shows_every_mark_with_an_empty_road_before_it() -> None:
    frames = list(footage(seed=4, vrms=("AB12CDE", "CD34EFG"), frames=2, size_px=_SIZE))
    assert [[plate.text for plate in frame.plates] for frame in frames] == [
        [],
        ["AB12CDE"],
        ["AB12CDE"],
        [],
        ["CD34EFG"],
        ["CD34EFG"],
    ]


def test_a_camera_shows_its_name_and_the_same_road_all_day() -> None:
    named, bare = (
        RoadsideCamera(np.random.default_rng(6), name=name, size_px=_SIZE)
        for name in ("A614 N", "")
    )
    first, second = (camera.empty(np.random.default_rng(0)).image for camera in (named, bare))
    apart = np.abs(first.astype(int) - second).max(2)
    assert apart[:40, :200].max() > 100
    assert apart[60:].max() == 0


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("front", [True, False])
def test_a_vehicle_has_room_for_its_plate_and_wears_its_colour(body: str, front: bool) -> None:
    vehicles = {
        colour: draw_vehicle(np.random.default_rng(0), colour=colour, body=body, front=front)
        for colour in ("red", "blue")
    }
    for vehicle in vehicles.values():
        x, y = vehicle.plate
        assert vehicle.cover[round(y), round(x)] == 255
        assert abs(x - vehicle.ground[0]) < vehicle.width_px / 2
    shades = {
        colour: vehicle.image[vehicle.cover == 255].mean(0) for colour, vehicle in vehicles.items()
    }
    assert shades["red"][2] > shades["red"][0] + 20
    assert shades["blue"][0] > shades["blue"][2] + 20


@pytest.mark.parametrize("front", [True, False])
@pytest.mark.parametrize("mark", VehicleMark)
def test_a_mark_can_be_seen_on_the_vehicle(mark: VehicleMark, front: bool) -> None:
    plain, marked = (
        draw_vehicle(np.random.default_rng(0), body="estate", front=front, above=1.2, marks=marks)
        for marks in (frozenset[VehicleMark](), frozenset({mark}))
    )
    apart = np.abs(plain.image.astype(int) - marked.image).max(2)
    assert (apart > 40).sum() > 100


def test_the_same_vehicle_can_pass_two_cameras() -> None:
    sprites = [
        next(
            RoadsideCamera(np.random.default_rng(8), size_px=_SIZE).passage(
                np.random.default_rng(9), vrm="AB12CDE", frames=1, body="suv", vehicle_seed=seed
            )
        ).image
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(sprites[0], sprites[1])
    assert not np.array_equal(sprites[0], sprites[2])


def test_rain_streaks_the_picture() -> None:
    dry, wet = (
        RoadsideCamera(np.random.default_rng(6), size_px=_SIZE, rainy=rainy)
        for rainy in (False, True)
    )
    first, second = (camera.empty(np.random.default_rng(0)).image for camera in (dry, wet))
    assert (np.abs(first.astype(int) - second).max(2) > 30).sum() > 500


def test_every_colour_has_a_name_an_officer_would_use() -> None:
    assert {"white", "silver", "grey", "black", "blue", "red", "green", "yellow"} <= set(COLOURS)


def test_tilted_corners_keep_their_order() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        corners = tilt(rng, width=520, height=111)
        x, y = corners[:, 0], corners[:, 1]
        area = np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
        assert area > 0  # clockwise as rows grow downwards
        assert x[0] < x[1]
        assert y[0] < y[3]


def test_projecting_the_source_corners_gives_the_target_corners() -> None:
    rng = np.random.default_rng(1)
    source, target = (tilt(rng, width=300, height=80) for _ in range(2))
    assert project(source, source=source, target=target) == pytest.approx(target, abs=1e-2)
