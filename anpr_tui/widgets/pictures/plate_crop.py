"""The plate patch in quadrant blocks and two tones: twice as sharp as half blocks, read by eye."""

from functools import lru_cache

from anpr_tui.widgets.pictures.decode import decoded, resampled, shape_of
from anpr_tui.widgets.pictures.plate_field import levelled, plate_field
from anpr_tui.widgets.pictures.tones import parting_tone

__all__ = ["crop_lines"]

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By the bits upper left 1, upper right 2, lower left 4, lower right 8."""
_LOOKED_AT_PX = 160
_HIGHEST_PX = 120


@lru_cache(maxsize=64)
def crop_lines(jpeg: bytes, *, columns: int, lines: int) -> tuple[str, ...]:
    """The plate as `lines` strings of `columns` characters; light is filled, dark is empty.

    The patch has a margin and the plate may lean in it, so the plate is levelled and cut out
    first. It is then stretched to the whole field: height helps the eye more than the true aspect.

    Returns:
        The lines, or none where the bytes are no picture.
    """
    shape = shape_of(jpeg) if jpeg else None
    if shape is None:
        return ()
    high = min(max(shape[1] * _LOOKED_AT_PX // max(shape[0], 1), 2 * lines), _HIGHEST_PX)
    patch = decoded(jpeg, width_px=_LOOKED_AT_PX, height_px=high, colour=False)
    if patch is None:
        return ()
    patch = levelled(patch, width=_LOOKED_AT_PX)
    field = plate_field(patch, width=_LOOKED_AT_PX)
    width, height = columns * 2, lines * 2
    grey = resampled(patch, shape=(_LOOKED_AT_PX, high), field=field, to=(width, height))
    edge = parting_tone(grey)
    light = [tone > edge for tone in grey]
    return tuple(
        "".join(
            _QUADRANTS[
                light[y * width + x]
                + 2 * light[y * width + x + 1]
                + 4 * light[(y + 1) * width + x]
                + 8 * light[(y + 1) * width + x + 1]
            ]
            for x in range(0, width, 2)
        )
        for y in range(0, height, 2)
    )
