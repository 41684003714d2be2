"""What stands between a plate and its pixels: perspective, optics, light, weather, compression."""

from __future__ import annotations

from enum import Enum

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic.fittings import shade

__all__ = [
    "Light",
    "bloom",
    "compress",
    "corners_of",
    "degrade",
    "expose",
    "look",
    "paste",
    "project",
    "rain",
    "smear",
    "tilt",
]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]


class Light(Enum):
    """Light a camera works in."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"
    INFRARED = "infrared"


def tilt(rng: Generator, *, width: float, height: float, strength: float = 1.0) -> Corners:
    """Return where the corners of a flat rectangle fall when seen from a random side.

    Args:
        rng: Source of chance.
        width: Width of the rectangle in pixels.
        height: Height of the rectangle in pixels.
        strength: 1 reaches about 40 degrees of yaw and 25 of pitch.

    Returns:
        Corners about (0, 0), shape (4, 2) float32: top left, top right, bottom right, bottom left.
    """
    x = np.array([-width, width, width, -width]) / 2
    y = np.array([-height, -height, height, height]) / 2
    yaw = rng.uniform(-0.7, 0.7) * strength if rng.random() < 0.6 else rng.uniform(-0.2, 0.2)
    pitch = rng.uniform(-0.45, 0.45) * strength if rng.random() < 0.5 else rng.uniform(-0.1, 0.1)
    roll = np.radians(rng.normal(0, 4.5) if rng.random() < 0.8 else rng.uniform(-18, 18)) * strength
    depth = x * np.sin(yaw) + y * np.sin(pitch)
    focal = width * rng.uniform(2.5, 8.0)
    nearness = focal / (focal + depth)
    flat_x, flat_y = x * np.cos(yaw) * nearness, y * np.cos(pitch) * nearness
    flat_y = flat_y + flat_x * np.tan(yaw) * rng.uniform(-0.25, 0.25)  # a camera above the road
    cos, sin = np.cos(roll), np.sin(roll)
    return np.stack([cos * flat_x - sin * flat_y, sin * flat_x + cos * flat_y], 1, dtype=np.float32)


def corners_of(picture: Picture) -> Corners:
    """Return the corners of a picture itself, shape (4, 2) float32, from the top left clockwise."""
    height, width = picture.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def project(points: Corners, *, source: Corners, target: Corners) -> Corners:
    """Move points as the perspective that takes the `source` corners to the `target` corners."""
    matrix = cv2.getPerspectiveTransform(source, target)
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float32)


def paste(
    picture: Picture, patch: Picture, *, corners: Corners, gain: float = 1.0, softness: float = 0.0
) -> bool:
    """Lay a flat patch into a picture, in place.

    Args:
        picture: Picture to change, (h, w, 3) or (h, w) uint8.
        patch: What to lay, with as many channels.
        corners: Where its corners go, (4, 2) float32 px, from the top left clockwise.
        gain: Brightness factor for the patch.
        softness: Standard deviation in px of the blur that melts it into the picture.

    Returns:
        Whether any of it lies in the picture.
    """
    reach = corners.max(0) - corners.min(0)
    shrink = 1.3 * float(reach[0]) / patch.shape[1]
    if shrink < 1:
        small = cv2.resize(patch, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        patch = np.asarray(small, np.uint8)
    height, width = picture.shape[:2]
    margin = 2 + int(3 * softness)
    x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int) - margin, 0)
    x1, y1 = np.minimum(np.ceil(corners.max(0)).astype(int) + margin + 1, (width, height))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return False
    size = (int(x1 - x0), int(y1 - y0))
    target = corners - np.array([x0, y0], np.float32)
    matrix = cv2.getPerspectiveTransform(corners_of(patch), target)
    seen = cv2.warpPerspective(patch, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.full(patch.shape[:2], 255, np.uint8), matrix, size)
    if softness > 0.2:
        seen = cv2.GaussianBlur(seen, (0, 0), softness)
        cover = cv2.GaussianBlur(cover, (0, 0), softness * 0.6)
    share = cover.astype(np.float32) / 255
    if picture.ndim == 3:
        share = share[..., None]
    region = picture[y0:y1, x0:x1]
    lit = np.minimum(seen.astype(np.float32) * gain, 255)
    region[:] = (region * (1 - share) + lit * share).astype(np.uint8)
    return True


def smear(rng: Generator, picture: Picture, *, length_px: int) -> Picture:
    """Blur along the motion, mostly level."""
    kernel = np.zeros((length_px, length_px), np.float32)
    kernel[length_px // 2, :] = 1
    angle = rng.uniform(-20, 20) if rng.random() < 0.75 else rng.uniform(70, 110)
    centre = (length_px / 2 - 0.5, length_px / 2 - 0.5)
    matrix = cv2.getRotationMatrix2D(centre, angle, 1)
    turned = np.asarray(cv2.warpAffine(kernel, matrix, (length_px, length_px)), np.float32)
    turned /= max(float(turned.sum()), 1e-3)
    return np.asarray(cv2.filter2D(picture, -1, turned), np.uint8)


def rain(rng: Generator, picture: Picture, *, streaks: int) -> None:
    """Draw rain streaks, in place."""
    height, width = picture.shape[:2]
    lean = rng.uniform(-0.3, 0.3)
    starts = rng.random((streaks, 2)) * (width, height)
    for x, y in starts:
        length = rng.uniform(0.03, 0.1) * height
        level = rng.uniform(120, 220)
        end = (int(x + lean * length), int(y + length))
        cv2.line(picture, (int(x), int(y)), end, (level, level, level), 1, cv2.LINE_AA)


def bloom(rng: Generator, picture: Picture, *, strength: float) -> Picture:
    """Let the bright parts of a picture glow, as retro-reflecting plates do under infra-red."""
    sigma = rng.uniform(1.0, 3.0)
    bright = np.where(picture > 170, picture, 0).astype(np.uint8)
    halo = cv2.GaussianBlur(bright, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(picture, 1.0, halo, strength, 0), np.uint8)


def compress(picture: Picture, *, quality: int) -> Picture:
    """Send the picture through JPEG at the given quality (1-100)."""
    flag = cv2.IMREAD_GRAYSCALE if picture.ndim == 2 else cv2.IMREAD_COLOR
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, flag), np.uint8)


def _glare(rng: Generator, height: int, width: int) -> NDArray[np.float32]:
    rows = (np.arange(height, dtype=np.float32) - rng.uniform(0, height)) / (height * 0.5)
    columns = (np.arange(width, dtype=np.float32) - rng.uniform(0, width)) / (width * 0.2)
    spot = np.exp(-(rows[:, None] ** 2 + columns[None] ** 2))
    return (spot * rng.uniform(60, 200)).astype(np.float32)


def expose(rng: Generator, picture: Picture) -> Picture:
    """Vary contrast, brightness and gamma as an exposure does."""
    level = np.arange(256, dtype=np.float32)
    if rng.random() < 0.3:
        level = 255 * np.power(level / 255, rng.uniform(0.5, 2.0))
    table = (level - 128) * rng.uniform(0.45, 1.25) + 128 + rng.uniform(-50, 50)
    return np.asarray(cv2.LUT(picture, np.clip(table, 0, 255).astype(np.uint8)), np.uint8)


def degrade(rng: Generator, picture: Picture) -> Picture:
    """Turn a clean small picture (a plate crop, grey or BGR) into what a poor camera gives.

    Focus, motion, exposure, glare, noise, sharpening and JPEG, each only in a share of calls.
    """
    height, width = picture.shape[:2]
    if rng.random() < 0.5:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.4)), np.uint8)
    if rng.random() < 0.18:
        picture = smear(rng, picture, length_px=(3, 5, 7)[int(rng.integers(3))])
    if rng.random() < 0.06:
        picture = bloom(rng, picture, strength=rng.uniform(0.2, 0.8))
    if rng.random() < 0.03:
        picture = picture.copy()
        rain(rng, picture, streaks=int(rng.integers(3, 12)))
    picture = expose(rng, picture)
    noisy, glaring = rng.random() < 0.6, rng.random() < 0.05
    if noisy or glaring:
        levels = picture.astype(np.float32)
        if noisy:
            noise = rng.standard_normal(picture.shape, np.float32)
            levels += noise * np.float32(rng.uniform(1, 14))
        if glaring:
            glow = _glare(rng, height, width)
            levels += glow if picture.ndim == 2 else glow[..., None]
        picture = np.clip(levels, 0, 255).astype(np.uint8)
    if rng.random() < 0.1:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        picture = np.asarray(cv2.addWeighted(picture, 1.8, soft, -0.8, 0), np.uint8)
    if rng.random() < 0.6:
        picture = compress(picture, quality=int(rng.integers(25, 93)))
    return picture


def look(rng: Generator, picture: Picture, *, light: Light) -> Picture:
    """Give a whole road picture the response of a roadside camera in that light."""
    height, width = picture.shape[:2]
    if light is Light.INFRARED:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        grey = np.asarray(bloom(rng, np.asarray(grey, np.uint8), strength=0.5), np.uint8)
        picture = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    noise_level = {Light.DAY: 2.5, Light.DUSK: 5.0, Light.NIGHT: 7.0, Light.INFRARED: 5.0}[light]
    noise = rng.standard_normal((height, width), np.float32) * np.float32(noise_level)
    uneven = 1 + 0.08 * (shade(rng, height, width, cell_px=400) - 0.5)
    seen = picture * uneven[..., None] + noise[..., None]
    return np.asarray(seen.clip(0, 255), np.uint8)
