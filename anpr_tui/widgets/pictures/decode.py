"""JPEG bytes, and no other format, as a small grid of pixels; the decoder is loaded late."""

import io
import warnings
from functools import lru_cache

__all__ = ["decoded", "resampled", "shape_of"]

MOST_PIXELS = 25_000_000
"""A picture that says it is larger is not decoded: the hub keeps none that large."""


@lru_cache(maxsize=256)
def shape_of(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height in pixels as the header has them, or None where it is no picture."""
    # Pillow costs 13 MB and 60 ms: a console that shows no picture never pays for it.
    from PIL import Image, UnidentifiedImageError

    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image,
        ):
            return image.size if image.width * image.height <= MOST_PIXELS else None
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None


@lru_cache(maxsize=256)
def decoded(jpeg: bytes, *, width_px: int, height_px: int, colour: bool) -> bytes | None:
    """The picture squeezed into `width_px` x `height_px`, row by row.

    Returns:
        One byte a pixel (grey), or three (red, green, blue) where `colour`; None where the bytes
        are no picture, are cut short, or claim to be too large.
    """
    from PIL import Image

    if not jpeg or shape_of(jpeg) is None:
        return None
    mode = "RGB" if colour else "L"
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image,
        ):
            image.draft(mode, (width_px * 2, height_px * 2))
            small = image.convert(mode).resize((width_px, height_px), Image.Resampling.BOX)
            return small.tobytes()
    except (OSError, ValueError, SyntaxError):
        return None


def resampled(
    grey: bytes, *, shape: tuple[int, int], field: tuple[int, int, int, int], to: tuple[int, int]
) -> bytes:
    """A field (left, top, right, bottom) of a grey picture, squeezed into `to` pixels."""
    from PIL import Image

    picture = Image.frombytes("L", shape, grey).crop(field)
    return picture.resize(to, Image.Resampling.BOX).tobytes()
