"""A vehicle in half blocks and the 256 colours that every terminal over SSH has."""

from functools import lru_cache

from rich.color import Color, ColorSystem
from rich.style import Style

from anpr_tui.widgets.pictures.decode import decoded, shape_of

__all__ = ["picture_lines"]

_NARROWEST_ASPECT, _WIDEST_ASPECT = 0.5, 3.0


@lru_cache(maxsize=32)
def picture_lines(
    jpeg: bytes, *, columns: int, lines: int
) -> tuple[tuple[tuple[str, Style], ...], ...]:
    """The picture as at most `lines` rows of spans, at most `columns` cells wide.

    A cell is twice as high as it is wide, so the two halves of "▀" are square pixels and the
    aspect of the picture is kept.

    Returns:
        Rows of spans, or none where the bytes are no picture.
    """
    shape = shape_of(jpeg) if jpeg else None
    if shape is None:
        return ()
    aspect = min(max(shape[0] / max(shape[1], 1), _NARROWEST_ASPECT), _WIDEST_ASPECT)
    width = max(1, min(columns, round(lines * 2 * aspect)))
    height = max(1, min(lines, round(width / aspect / 2)))
    pixels = decoded(jpeg, width_px=width, height_px=height * 2, colour=True)
    if pixels is None:
        return ()
    return tuple(_row(pixels, width=width, y=y) for y in range(0, height * 2, 2))


def _row(pixels: bytes, *, width: int, y: int) -> tuple[tuple[str, Style], ...]:
    spans: list[tuple[str, Style]] = []
    for x in range(width):
        upper, lower = ((row * width + x) * 3 for row in (y, y + 1))
        style = _half_block(
            _palette(*pixels[upper : upper + 3]), _palette(*pixels[lower : lower + 3])
        )
        if spans and spans[-1][1] is style:
            spans[-1] = (spans[-1][0] + "▀", style)
        else:
            spans.append(("▀", style))
    return tuple(spans)


@lru_cache(maxsize=4096)
def _palette(red: int, green: int, blue: int) -> int:
    # Two bits of tone are dropped: neighbours then share a style and the line gets shorter.
    near = Color.from_rgb(red & 0xF8, green & 0xF8, blue & 0xF8)
    return near.downgrade(ColorSystem.EIGHT_BIT).number or 0


@lru_cache(maxsize=4096)
def _half_block(upper: int, lower: int) -> Style:
    return Style(color=Color.from_ansi(upper), bgcolor=Color.from_ansi(lower))
