"""Made-up vehicle registration marks of every format seen on UK roads.

Shapes and letters follow SI 2001/561 Schedule 3 and DVLA INF104; rare formats are drawn far more
often than they occur, so that a network trained on them has seen enough of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from numpy.random import Generator

__all__ = ["FORMATS", "Mark", "groups_of", "random_vrm"]

Mark = tuple[str, ...]

DIGITS = "0123456789"
_LEADING = "123456789"
_ANY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY = "ABCDEFGHJKLMNOPRSTUVWXY"  # no I, Q, Z: every GB format but the tail of the current one
_TAIL = _BODY + "Z"
_YEAR = "ABCDEFGHJKLMNPRSTVWXY"  # never I, O, Q, U, Z
_COUNTIES = (
    "C",
    "CE",
    "CN",
    "CW",
    "D",
    "DL",
    "G",
    "KE",
    "KK",
    "KY",
    "L",
    "LD",
    "LH",
    "LK",
    "LM",
    "LS",
    "MH",
    "MN",
    "MO",
    "OY",
    "RN",
    "SO",
    "T",
    "TN",
    "TS",
    "W",
    "WD",
    "WH",
    "WW",
    "WX",
)
_FOREIGN = (
    "L NN LLL",
    "LL NN LLL",
    "LL NNN LL",
    "LLL NNN",
    "NLN NNNN",
    "LL LL NNNN",
    "LL L NNNN",
    "LLL LL NN",
    "L LL NNNN",
    "L LLL NNN",
    "LLL NNNN",
    "LL NNNNN",
    "NNNN LLL",
    "NN LL NN",
    "NNN LLL",
    "L NNNN LL",
    "LLNNN LL",
    "LL NNNNNN",
    "L NNNNNN",
    "LL NNN NN",
    "LLNNNLL",
    "L NNN LL",
    "NN LLL N",
    "LLL LNN",
    "NLLL NNN",
)


def _pick(rng: Generator, letters: str) -> str:
    return letters[int(rng.integers(len(letters)))]


def _some(rng: Generator, letters: str, count: int) -> str:
    return "".join(letters[index] for index in rng.integers(len(letters), size=count))


def _number(rng: Generator, least: int, most: int) -> str:
    """Draw a number of `least` to `most` digits without a leading nought."""
    return _pick(rng, _LEADING) + _some(rng, DIGITS, int(rng.integers(least, most + 1)) - 1)


def _either_way(rng: Generator, letters: str, number: str, *, letters_first: float) -> Mark:
    return (letters, number) if rng.random() < letters_first else (number, letters)


def _current(rng: Generator) -> Mark:
    age = int(rng.integers(2, 50)) if rng.random() < 0.5 else int(rng.integers(51, 100))
    if rng.random() < 0.7:  # ages that are on the road; 00, 01 and 50 were never used
        age = int(rng.integers(2, 27)) + (50 if rng.random() < 0.5 else 0)
    return _some(rng, _BODY, 2) + f"{age:02d}", _some(rng, _TAIL, 3)


def _prefix(rng: Generator) -> Mark:
    return _pick(rng, _YEAR) + _number(rng, 1, 3), _some(rng, _BODY, 3)


def _age_unknown(rng: Generator) -> Mark:
    return "Q" + _number(rng, 1, 3), _some(rng, _BODY, 3)


def _suffix(rng: Generator) -> Mark:
    return _some(rng, _BODY, 3), _number(rng, 1, 3) + _pick(rng, _YEAR)


def _dateless(rng: Generator) -> Mark:
    letters = _some(rng, _BODY, int(rng.integers(1, 4)))
    number = _number(rng, 1, 3 if len(letters) == 3 else 4)
    return _either_way(rng, letters, number, letters_first=0.6)


def _northern_ireland(rng: Generator) -> Mark:
    draw = rng.random()
    if draw < 0.35:
        letters = _pick(rng, _BODY) + _pick(rng, "IZ")
    elif draw < 0.78:
        letters = _some(rng, _BODY, 2) + _pick(rng, "IZ")
    elif draw < 0.92:
        letters = _pick(rng, _BODY) + _pick(rng, "IZ") + _pick(rng, _BODY)
    else:
        letters = "I" + _pick(rng, "ABJLW")
    return _either_way(rng, letters, _number(rng, 1, 4), letters_first=0.8)


def _diplomatic(rng: Generator) -> Mark:
    return _number(rng, 3, 3), _pick(rng, "DX"), _number(rng, 3, 3)


def _military(rng: Generator) -> Mark:
    return _some(rng, _TAIL, 2), _some(rng, DIGITS, 2), _some(rng, _TAIL, 2)


def _military_old(rng: Generator) -> Mark:
    return _some(rng, DIGITS, 2), _some(rng, _TAIL, 2), _some(rng, DIGITS, 2)


def _trade(rng: Generator) -> Mark:
    if rng.random() < 0.3:
        return (_some(rng, DIGITS, 5),)
    return (_some(rng, DIGITS, 3), _some(rng, _BODY, int(rng.integers(1, 4))))


def _irish(rng: Generator) -> Mark:
    year = f"{int(rng.integers(87, 113)) % 100:02d}"
    if rng.random() < 0.6:
        year = f"{int(rng.integers(13, 27))}{int(rng.integers(1, 3))}"
    return year, _COUNTIES[int(rng.integers(len(_COUNTIES)))], _number(rng, 2, 6)


def _foreign(rng: Generator) -> Mark:
    if rng.random() < 0.15:
        text = _some(rng, _ANY + DIGITS, int(rng.integers(3, 10)))
        cut = int(rng.integers(1, len(text)))
        return text[:cut], text[cut:]
    shape = _FOREIGN[int(rng.integers(len(_FOREIGN)))]
    return tuple(
        "".join(_pick(rng, _ANY if kind == "L" else DIGITS) for kind in group)
        for group in shape.split()
    )


_FORMATS: dict[str, tuple[float, Callable[[Generator], Mark]]] = {
    "gb_2001": (0.42, _current),
    "gb_1983_prefix": (0.11, _prefix),
    "gb_q": (0.008, _age_unknown),
    "gb_1963_suffix": (0.04, _suffix),
    "gb_dateless": (0.06, _dateless),
    "ni": (0.045, _northern_ireland),
    "diplomatic": (0.008, _diplomatic),
    "military": (0.008, _military),
    "military_old": (0.004, _military_old),
    "trade": (0.007, _trade),
    "ireland": (0.03, _irish),
    "foreign_or_unknown": (0.26, _foreign),
}

FORMATS: tuple[str, ...] = tuple(_FORMATS)
"""Format ids, the same names the reading grammar uses."""

_GROUPED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gb_2001", re.compile(r"([A-Z]{2}[0-9]{2})([A-Z]{3})")),
    ("diplomatic", re.compile(r"([0-9]{3})([DX])([0-9]{3})")),
    ("military", re.compile(r"([A-Z]{2})([0-9]{2})([A-Z]{2})")),
    ("gb_q", re.compile(r"(Q[0-9]{1,3})([A-Z]{3})")),
    ("gb_1983_prefix", re.compile(r"([A-Z][0-9]{1,3})([A-Z]{3})")),
    ("gb_1963_suffix", re.compile(r"([A-Z]{3})([0-9]{1,3}[A-Z])")),
    ("ni", re.compile(r"([A-Z]{1,2}[IZ]|[A-Z][IZ][A-Z])([0-9]{1,4})")),
    ("gb_dateless", re.compile(r"([A-Z]{1,3})([0-9]{1,4})")),
    ("gb_dateless", re.compile(r"([0-9]{1,4})([A-Z]{1,3})")),
    ("ireland", re.compile(r"([0-9]{2,3})([A-Z]{1,2})([0-9]{1,6})")),
)


def _draw_format(rng: Generator) -> str:
    draw = rng.random() * sum(weight for weight, _ in _FORMATS.values())
    for format_id, (weight, _) in _FORMATS.items():
        draw -= weight
        if draw < 0:
            return format_id
    return FORMATS[0]


def random_vrm(rng: Generator, *, format_id: str | None = None) -> tuple[str, Mark, str]:
    """Make up a mark.

    Args:
        rng: Source of chance.
        format_id: One of `FORMATS`; by default drawn with rare formats boosted.

    Returns:
        The mark without spaces, its groups as they stand apart on the plate, and its format id.
    """
    chosen = _draw_format(rng) if format_id is None else format_id
    groups = _FORMATS[chosen][1](rng)
    return "".join(groups), groups, chosen


def groups_of(vrm: str) -> tuple[Mark, str]:
    """Part a given mark (capitals and digits, no spaces) into its groups and guess its format."""
    for format_id, pattern in _GROUPED:
        found = pattern.fullmatch(vrm)
        if found:
            return found.groups(), format_id
    return (vrm,), "foreign_or_unknown"
