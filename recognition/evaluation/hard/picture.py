"""One picture of the hard set: a rendered plate on a real vehicle in a real road, and its truth."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.evaluation.exams.frames import issued_mark
from recognition.evaluation.hard.cases import Case, Nuisance
from recognition.evaluation.hard.surroundings import Surroundings, Vehicle
from recognition.frame import Image
from recognition.looks.plates import Box
from recognition.synthetic import camera, fittings
from recognition.synthetic.camera import Light
from recognition.synthetic.plate import Band, Ground, PlateStyle, random_style, render_plate
from recognition.synthetic.scene import PlateTruth, tinted

__all__ = ["HardPicture", "compose", "seen_from"]

Corners = NDArray[np.float32]

_EXPOSURE_S = 1 / 600
"""Of speed cameras by day (domain/vrm.md); longer ones are a matter of light, not of speed."""
_ACROSS = 0.42
"""Share of a vehicle's speed across the view of a camera 25 degrees off the road."""
_MPH = 0.44704
_BLUR_MPH = {Nuisance.BLUR_30: 30, Nuisance.BLUR_50: 50, Nuisance.BLUR_70: 70}
_YAW = {Nuisance.ANGLE_25: 25.0, Nuisance.ANGLE_40: 40.0}
_MOST_ENLARGED = 3.0
_SMALL_FILE = 25_000
_FEATHER_PX = 9


@dataclass(frozen=True, slots=True, eq=False)
class HardPicture:
    """A picture with one known plate; others, real ones, may be in it unlabelled."""

    image: Image
    truth: PlateTruth


def compose(case: Case, *, among: Surroundings) -> HardPicture:
    """Draw a case; the same case in the same surroundings is the same picture."""
    rng = np.random.default_rng(case.seed)
    light = _light(case.nuisance)
    picture, box = _stand(rng, case, among=among)
    picture = tinted(picture, light=light).copy()
    plate = render_plate(
        rng,
        vrm=issued_mark(rng, format_id=case.format_id),
        style=_style(rng, case),
    )
    image = _covered(plate.image, case.nuisance)
    if light is Light.INFRARED:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        image = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    high, wide = image.shape[:2]
    outline = seen_from(
        width=wide,
        height=high,
        yaw=float(rng.choice((-1, 1))) * _YAW.get(case.nuisance, rng.uniform(0, 12)),
        pitch=rng.uniform(-12, 12),
        roll=rng.normal(0, 2.5),
    )
    outline -= (outline.min(0) + outline.max(0)) / 2
    outline *= np.float32(case.width_px / np.ptp(outline[:, 0]))
    x, y, width, height = box
    outline += np.array((x + width / 2, y + height / 2), np.float32)
    outline += _into_view(outline, size_px=case.size_px)
    camera.paste(
        picture,
        image,
        corners=outline,
        gain=_gain(rng, picture, box, light=light),
        softness=rng.uniform(0.2, 0.7),
    )
    corners = camera.project(plate.corners, source=camera.corners_of(image), target=outline)
    wide_mm = case.layout.value[0]
    picture = _seen(rng, picture, case.nuisance, px_per_mm=case.width_px / wide_mm)
    return HardPicture(picture, PlateTruth(plate.text, corners))


def seen_from(*, width: float, height: float, yaw: float, pitch: float, roll: float) -> Corners:
    """Where the corners of a flat rectangle fall, seen from five widths away.

    Args:
        width: Of the rectangle, px.
        height: Of the rectangle, px.
        yaw: Degrees to the side.
        pitch: Degrees from above.
        roll: Degrees it is turned.

    Returns:
        Corners about the middle, (4, 2) float32: top left, top right, bottom right, bottom left.
    """
    across, down, turned = np.radians((yaw, pitch, roll))
    x = np.array([-width, width, width, -width]) / 2
    y = np.array([-height, -height, height, height]) / 2
    away = x * np.sin(across) + y * np.sin(down)
    near = 1 / (1 + away / (5 * width))
    x, y = x * np.cos(across) * near, y * np.cos(down) * near
    cos, sin = np.cos(turned), np.sin(turned)
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=1, dtype=np.float32)


def _into_view(outline: Corners, *, size_px: tuple[int, int]) -> Corners:
    """How far to move a plate that reaches out of the picture: (2,) px."""
    low, high = outline.min(0) - 1, outline.max(0) + 1
    move = np.maximum(-low, 0) - np.maximum(high - np.array(size_px, np.float32), 0)
    return np.asarray(move, np.float32)


def _light(nuisance: Nuisance) -> Light:
    if nuisance is Nuisance.NIGHT:
        return Light.NIGHT
    return Light.INFRARED if nuisance is Nuisance.INFRARED_BLOOM else Light.DAY


def _stand(rng: Generator, case: Case, *, among: Surroundings) -> tuple[Image, Box]:
    """Stand a vehicle, scaled to the plate's width, in a road; where its plate was comes back."""
    road = among.roads[int(rng.integers(len(among.roads)))]
    canvas = np.asarray(cv2.resize(road, case.size_px, interpolation=cv2.INTER_AREA), np.uint8)
    large = [each for each in among.vehicles if each.box[2] * _MOST_ENLARGED >= case.width_px]
    vehicle = large[int(rng.integers(len(large)))]
    scale = case.width_px / vehicle.box[2]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    seen = cv2.resize(vehicle.image, None, fx=scale, fy=scale, interpolation=how)
    return _laid(
        rng, canvas, Vehicle(np.asarray(seen, np.uint8), _scaled(vehicle.box, scale)), case
    )


def _scaled(box: Box, scale: float) -> Box:
    x, y, width, height = box
    return x * scale, y * scale, width * scale, height * scale


def _laid(rng: Generator, canvas: Image, vehicle: Vehicle, case: Case) -> tuple[Image, Box]:
    """Lay the vehicle's picture on the road so that the whole plate is in view."""
    rows, columns = canvas.shape[:2]
    x, y, width, height = vehicle.box
    wide_mm, high_mm, *_ = case.layout.value
    tall = 1.15 * max(height, case.width_px * high_mm / wide_mm) + 8
    half = np.array((width / 2 + 8, tall / 2))
    free = np.maximum(np.array((columns, rows)) / 2 - half, 0)
    aim = np.array((columns, rows)) / 2 + rng.uniform(-1, 1, 2) * free
    left, top = (aim - (x + width / 2, y + height / 2)).astype(int).tolist()
    high, wide = vehicle.image.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(columns, left + wide), min(rows, top + high)
    share = np.zeros((high + 2, wide + 2), np.float32)
    share[1:-1, 1:-1] = 1
    share = cv2.blur(share, (_FEATHER_PX, _FEATHER_PX), borderType=cv2.BORDER_REPLICATE)
    cut = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    soft = share[1:-1, 1:-1][cut][..., np.newaxis]
    region = canvas[y0:y1, x0:x1]
    region[:] = (region * (1 - soft) + vehicle.image[cut] * soft).astype(np.uint8)
    return canvas, (x + left, y + top, width, height)


def _style(rng: Generator, case: Case) -> PlateStyle:
    """A style such as the format is seen with, clean but for the nuisance."""
    style = random_style(rng, format_id=case.format_id)
    foreign = case.format_id in ("foreign_or_unknown", "ireland")
    ground = Ground.WHITE if foreign or rng.random() < 0.5 else Ground.YELLOW
    if case.format_id == "trade":
        ground = Ground.RED_ON_WHITE
    one_line = case.layout.name == "ONE_LINE"
    style = replace(
        style,
        ground=ground,
        layout=case.layout,
        seal=style.seal and one_line,
        band=style.band if one_line or foreign else Band.NONE,
        bolts=0,
        italic=0.0,
        raised=0.0,
        gap=max(style.gap, 0.75),
        group_gap=max(style.group_gap, 0.7),
        wear=rng.uniform(0.0, 0.3),
    )
    return _SPOILT.get(case.nuisance, _as_it_is)(rng, style)


def _as_it_is(_: Generator, style: PlateStyle) -> PlateStyle:
    return style


_SPOILT: dict[Nuisance, Callable[[Generator, PlateStyle], PlateStyle]] = {
    Nuisance.DIRT: lambda _, style: replace(style, wear=1.0),
    Nuisance.BOLTS: lambda rng, style: replace(style, bolts=int(rng.integers(2, 5))),
    Nuisance.INFRARED_BLOOM: lambda _, style: replace(style, ground=Ground.INFRARED),
    Nuisance.RAISED: lambda rng, style: replace(style, raised=rng.uniform(0.4, 0.8)),
    Nuisance.CLOSED_UP: lambda rng, style: replace(
        style, gap=rng.uniform(0.5, 0.8), group_gap=rng.uniform(0.25, 0.4)
    ),
    Nuisance.ITALIC: lambda rng, style: replace(style, italic=rng.uniform(0.1, 0.25)),
    Nuisance.SILVER_ON_BLACK: lambda _, style: replace(style, ground=Ground.BLACK, band=Band.NONE),
}


def _covered(image: Image, nuisance: Nuisance) -> Image:
    """The plate behind a smoked cover, where it has one."""
    if nuisance is not Nuisance.TINTED:
        return image
    smoke = np.array((28, 30, 34), np.float32)
    return np.asarray(image * 0.34 + smoke, np.uint8)


def _gain(rng: Generator, picture: Image, box: Box, *, light: Light) -> float:
    """How bright the plate is, from how bright its surroundings are."""
    if light is not Light.DAY:
        return float(rng.uniform(0.55, 1.0))
    x, y, width, height = (int(side) for side in box)
    around = picture[
        max(0, y - height) : y + 2 * height + 1, max(0, x - width // 2) : x + 2 * width
    ]
    level = float(around.mean()) / 110 if around.size else 1.0
    return float(np.clip(level, 0.45, 1.1)) * float(rng.uniform(0.75, 1.1))


def _seen(rng: Generator, picture: Image, nuisance: Nuisance, *, px_per_mm: float) -> Image:
    """The picture as a camera of some kind delivers it."""
    if nuisance in _BLUR_MPH:
        travel_mm = _BLUR_MPH[nuisance] * _MPH * _EXPOSURE_S * 1e3 * _ACROSS
        picture = _smeared(picture, length_px=travel_mm * px_per_mm)
    if nuisance is Nuisance.INFRARED_BLOOM:
        picture = camera.bloom(rng, picture, strength=rng.uniform(0.4, 0.9))
    if nuisance is Nuisance.RAIN:
        camera.rain(rng, picture, streaks=int(rng.integers(150, 400)))
    if nuisance is Nuisance.GLARE:
        picture = _glared(rng, picture)
    dark = nuisance in (Nuisance.NIGHT, Nuisance.NOISE)
    level = rng.uniform(8, 14) if dark else rng.uniform(1, 4)
    noise = rng.standard_normal((*picture.shape[:2], 1), np.float32) * np.float32(level)
    picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if nuisance is Nuisance.JPEG_25_KB:
        return _small_file(picture)
    return camera.compress(picture, quality=int(rng.integers(75, 95)))


def _smeared(picture: Image, *, length_px: float) -> Image:
    """Blur along a level line of any length, fractions included."""
    if length_px <= 1:
        return picture
    reach = int(np.ceil((length_px - 1) / 2))
    steps = np.abs(np.arange(-reach, reach + 1))
    kernel = np.clip((length_px + 1) / 2 - steps, 0, 1)[np.newaxis]
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def _glared(rng: Generator, picture: Image) -> Image:
    """Low sun or headlights: a veil over the picture, in patches."""
    height, width = picture.shape[:2]
    veil = fittings.shade(rng, height, width, cell_px=width // 4)[..., np.newaxis]
    strength = rng.uniform(0.45, 0.75) * (0.4 + 0.6 * veil)
    return np.asarray(picture * (1 - strength) + 245 * strength, np.uint8)


def _small_file(picture: Image) -> Image:
    """Through the best JPEG of at most 25 KB, as records of reads are kept."""
    for quality in range(85, 4, -8):
        done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and len(data) <= _SMALL_FILE:
            break
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
