"""The plate patch in quadrant blocks and two tones: twice as sharp as half blocks, read by eye."""

from functools import lru_cache

from anpr_tui.widgets.pictures.decode import decoded

__all__ = ["crop_lines"]

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By the bits upper left 1, upper right 2, lower left 4, lower right 8."""


@lru_cache(maxsize=64)
def crop_lines(jpeg: bytes, *, columns: int, lines: int) -> tuple[str, ...]:
    """The patch as `lines` strings of `columns` characters; light is filled, dark is empty.

    It is stretched to the whole field: height helps the eye more than the true aspect does.

    Returns:
        The lines, or none where the bytes are no picture.
    """
    width, height = columns * 2, lines * 2
    grey = decoded(jpeg, width_px=width, height_px=height, colour=False)
    if grey is None:
        return ()
    edge = _parting_tone(grey)
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


def _parting_tone(grey: bytes) -> int:
    """The tone that parts ink from plate best (Otsu 1979: greatest variance between classes)."""
    counts = [0] * 256
    for tone in grey:
        counts[tone] += 1
    total, weight_all = len(grey), sum(tone * count for tone, count in enumerate(counts))
    best, best_spread, below, weight_below = 127, -1.0, 0, 0
    for tone, count in enumerate(counts):
        below += count
        weight_below += tone * count
        if below in (0, total):
            continue
        distance = weight_below / below - (weight_all - weight_below) / (total - below)
        spread = below * (total - below) * distance * distance
        if spread > best_spread:
            best, best_spread = tone, spread
    return best
