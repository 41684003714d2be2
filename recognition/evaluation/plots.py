"""Plots of measures as SVG, drawn by hand so that the same figures give the same file."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["bars_svg", "curves_svg", "reliability_svg"]

_INK, _PALE, _GRID = "#1f2933", "#7b8794", "#d9dee4"
_COLOURS = ("#0b6e4f", "#c8553d", "#3d5a98", "#8a6d1d")
_WIDE, _HIGH = 640, 400
_LEFT, _TOP, _RIGHT, _LOW = 60, 34, 610, 340


def reliability_svg(bands: Sequence[Mapping[str, Any]]) -> str:
    """What reads said against what was right, with intervals; the diagonal is what 0.9 should mean.

    Args:
        bands: "said" and "right" with value, low, high, of: shares in [0, 1].
    """
    parts = [
        *_frame("Confidence said", "Share right", "Reliability of single reads, rendered plates"),
        _line([(0, 0), (1, 1)], colour=_PALE, dashed=True),
    ]
    for band in bands:
        x, right = band["said"], band["right"]
        parts.append(_line([(x, right["low"]), (x, right["high"])], colour=_COLOURS[0]))
        parts.append(_dot(x, right["value"], colour=_COLOURS[0], title=f"{right['of']} reads"))
    said = [(band["said"], band["right"]["value"]) for band in bands]
    parts.append(_line(said, colour=_COLOURS[0]))
    return _svg(parts)


def curves_svg(
    rows: Mapping[str, Mapping[str, Any]], *, readers: Sequence[str], what: str, title: str
) -> str:
    """One curve a reader over kinds of plates in order, such as widths.

    Args:
        rows: By kind: for each reader its shares by name.
        readers: Whose curves.
        what: Which share, such as "exact".
        title: Above the plot.
    """
    kinds = list(rows)
    parts = _frame("", f"Share {what}", title, ticks=kinds)
    for colour, reader in zip(_COLOURS, readers, strict=False):
        points = [
            ((index + 0.5) / len(kinds), rows[kind][reader][what])
            for index, kind in enumerate(kinds)
        ]
        parts.append(_line(points, colour=colour))
        parts += [_dot(x, y, colour=colour, title=reader) for x, y in points]
    return _svg([*parts, *_legend(readers)])


def bars_svg(rows: Mapping[str, Mapping[str, Any]], *, reader: str, what: str, title: str) -> str:
    """One bar a kind, worst first."""
    kinds = sorted(rows, key=lambda kind: float(rows[kind][reader][what]))
    high = 60 + 18 * len(kinds)
    parts = [_text(_LEFT, 22, title, size=14)]
    for index, kind in enumerate(kinds):
        value, y = float(rows[kind][reader][what]), 40 + 18 * index
        parts.append(_text(190, y + 11, f"{kind} ({rows[kind]['cases']})", end=True))
        parts.append(
            f'<rect x="200" y="{y}" width="{value * 360:.1f}" height="13" fill="{_COLOURS[0]}"/>'
        )
        parts.append(_text(206 + value * 360, y + 11, f"{value * 100:.0f} %"))
    return _svg(parts, high=high)


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _LOW - share * (_LOW - _TOP)


def _frame(across: str, up: str, title: str, *, ticks: Sequence[str] | None = None) -> list[str]:
    parts = [_text(_LEFT, 22, title, size=14), _text(10, _TOP - 4, up)]
    for step in range(6):
        y = _y(step / 5)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="{_GRID}"/>')
        parts.append(_text(_LEFT - 6, y + 4, f"{step * 20} %", end=True))
        if ticks is None:
            parts.append(_text(_x(step / 5) - 8, _LOW + 18, f"{step / 5:.1f}"))
    for index, tick in enumerate(ticks or ()):
        x = _x((index + 0.5) / len(ticks or ()))
        parts.append(_text(x + 26, _LOW + 18, tick, end=True))
    return [*parts, _text((_LEFT + _RIGHT) / 2 - 40, _LOW + 40, across)]


def _legend(readers: Sequence[str]) -> list[str]:
    parts = []
    for index, (colour, reader) in enumerate(zip(_COLOURS, readers, strict=False)):
        x = _LEFT + 190 * index
        parts.append(f'<rect x="{x}" y="{_LOW + 32}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(x + 17, _LOW + 42, reader))
    return parts


def _line(points: Sequence[tuple[float, float]], *, colour: str, dashed: bool = False) -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def _dot(x: float, y: float, *, colour: str, title: str) -> str:
    return (
        f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4" fill="{colour}">'
        f"<title>{escape(title)}</title></circle>"
    )


def _text(x: float, y: float, words: str, *, size: int = 11, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{anchor}>{escape(words)}</text>'


def _svg(parts: Sequence[str], *, high: int = _HIGH) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {high}" '
        f'font-family="sans-serif" fill="{_INK}">\n<rect width="{_WIDE}" height="{high}" '
        'fill="#ffffff"/>\n'
    )
    return head + "\n".join(parts) + "\n</svg>\n"
