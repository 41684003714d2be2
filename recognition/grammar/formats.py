"""The formats of marks seen on UK roads, as templates with a prior share.

A template is a row of letters, each a set of characters (`PLACES`): "9" any digit, "A" a letter of
a mark, and so on. Within a set every character is as likely as its weight says. Shares are of
vehicles read on UK roads; shapes follow the permitted layouts of SI 2001/561 Schedule 3 and the
DVLA's leaflet INF104, and marks of Ireland, diplomats and forces as commonly issued. Those of
the rest of Europe are in `europe`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from recognition.grammar.europe import EUROPEAN, shapes
from recognition.grammar.regions import ANYWHERE, Region

__all__ = ["ABROAD", "FOREIGN", "NEWEST_AGE", "PLACES", "Template", "templates"]

NEWEST_AGE = 76
"""Age identifier of the newest marks: 76 from 1 September 2026.

Later ones are read too, from a small share, so a hub that outlives its release does not go blind.
"""

FOREIGN = "foreign_or_unknown"
"""Format of a mark of no shape known here: kept as it was read, never corrected."""

ABROAD = (EUROPEAN, FOREIGN)
"""Formats of marks that neither the UK nor Ireland issues."""

_LATER = 0.03
_RARE = 0.02
_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
_YEARS = "ABCDEFGHJKLMNPRSTVWXY"
_DIGITS = "0123456789"

PLACES: dict[str, dict[str, float]] = {
    "A": dict.fromkeys(_LETTERS, 1.0),
    "Z": dict.fromkeys(_LETTERS + "Z", 1.0),
    "L": dict.fromkeys(_LETTERS + "IZ", 1.0),
    "z": {"Z": 1.0},
    "I": {"I": 1.0},
    "b": dict.fromkeys("ABJLW", 1.0),
    "j": dict.fromkeys("JOUX", 1.0),
    "i": dict.fromkeys("IZ", 1.0),
    # No region issues J, T, U or X first; exports, Man and cherished marks carry them (INF104).
    "M": {letter: _RARE if letter in "JTUX" else 1.0 for letter in _LETTERS},
    # Never issued by region with a Z, but photographed on vehicles in service.
    "N": {letter: 1.0 for letter in _LETTERS} | {"Z": _RARE},
    "Y": dict.fromkeys(_YEARS, 1.0),
    "Q": {"Q": 1.0},
    "D": dict.fromkeys("DX", 1.0),
    "9": dict.fromkeys(_DIGITS, 1.0),
    "1": dict.fromkeys(_DIGITS[1:], 1.0),
    "h": dict.fromkeys("12", 1.0),
    "*": dict.fromkeys(_DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1.0),
}
"""Sets of characters, by the letter that stands for them in a template."""

_COUNTIES: tuple[tuple[str, ...], ...] = (
    ("CDGLTW",),
    ("C", "ENW"),
    ("D", "L"),
    ("K", "EKY"),
    ("L", "DHKMS"),
    ("M", "HNO"),
    ("O", "Y"),
    ("R", "N"),
    ("S", "O"),
    ("T", "NS"),
    ("W", "DHWX"),
)


@dataclass(frozen=True, slots=True)
class Template:
    """One shape of a format.

    Attributes:
        format: Name of the format, such as "gb_2001".
        share: Of all vehicles on UK roads, in [0, 1]; all templates add to 1.
        places: For each character, the set it comes from with weights.
    """

    format: str
    share: float
    places: tuple[tuple[tuple[str, float], ...], ...]


def templates(*, newest_age: int = NEWEST_AGE, region: Region = ANYWHERE) -> tuple[Template, ...]:
    """All templates, their shares adding to 1.

    Args:
        newest_age: Age identifier of the newest marks, 51 to 99 or 2 to 49.
        region: Memory tags that are more usual here than elsewhere.
    """
    drawn = [*_current(newest_age, region), *_others(), *_european()]
    whole = sum(share for _, share, _ in drawn)
    return tuple(
        Template(name, share / whole, tuple(tuple(place.items()) for place in places))
        for name, share, places in drawn
    )


_Drawn = tuple[str, float, list[dict[str, float]]]


def _current(newest_age: int, region: Region) -> Iterator[_Drawn]:
    """Marks since 2001, AA99 AAA, a template for each ten of the age identifier.

    Tags of the region get templates of their own beside those of anywhere, one for each first
    letter, so that a tag of the region is `region.times` as likely as one of elsewhere.
    """
    last = newest_age % 50
    age = {
        value: 1.0 if value % 50 <= last else _LATER
        for value in range(100)
        if value not in (0, 1, 50)
    }
    whole = sum(age.values())
    for ten in range(10):
        ones = {str(value % 10): weight for value, weight in age.items() if value // 10 == ten}
        share = 0.917 * sum(ones.values()) / whole
        rest = [{str(ten): 1.0}, ones] + [PLACES["Z"]] * 3
        local = region.share(of=sum(PLACES["M"].values()) * sum(PLACES["N"].values()))
        yield "gb_2001", share * (1 - local), [PLACES["M"], PLACES["N"], *rest]
        for first, seconds in region.by_first.items() if local else ():
            part = local * len(seconds) / len(region.tags)
            tag: list[dict[str, float]] = [{first: 1.0}, dict.fromkeys(seconds, 1.0)]
            yield "gb_2001", share * part, tag + rest


def _others() -> Iterator[_Drawn]:
    for name, share, drawn in _SHAPES:
        for shape in drawn:
            yield name, share / len(drawn), [PLACES[place] for place in shape]
    irish = list(product(("99", "19h"), _COUNTIES, range(6)))
    for year, county, more in irish:
        places = [PLACES[place] for place in year]
        places += [dict.fromkeys(letters, 1.0) for letters in county]
        places += [PLACES["1"]] + [PLACES["9"]] * more
        yield "ireland", 0.005 / len(irish), places


def _european() -> Iterator[_Drawn]:
    for places, share in shapes().items():
        yield EUROPEAN, _EUROPEAN_SHARE * share, [dict.fromkeys(place, 1.0) for place in places]


def _numbers(most: int) -> list[str]:
    return ["1" + "9" * more for more in range(most)]


def _either(letters: str, most: int) -> list[str]:
    """Letters before and after a number of one to `most` digits."""
    return [mark for number in _numbers(most) for mark in (letters + number, number + letters)]


_DATELESS = [*_either("A", 4), *_either("AA", 4), *_either("AAA", 3)]
_ULSTER = [
    mark for letters in ("Az", "jI", "Ib", "ALz", "AjI", "AIb") for mark in _either(letters, 4)
]
"""Codes of the counties and towns of Northern Ireland: a Z, or an I beside one of few letters."""

_OLD_IRISH = [mark for letters in ("Ai", "ALi", "AiL") for mark in _either(letters, 4)]
"""Any other letters with an I or a Z: Irish before 1987, cherished or historic today."""

_EUROPEAN_SHARE = 0.03
_FOREIGN_SHARE = 0.05
"""Together more than the one vehicle in a hundred that is foreign: what is read of it must not be
bent. All of it given to marks of no known shape, 82 of 90 Romanian marks in frames kept out were
read; so divided 87, and of 4,100 rendered UK plates as many as before.
"""

_FOREIGN_LENGTHS = {1: 0.01, 2: 0.01, 3: 0.02, 4: 0.04, 5: 1, 6: 3, 7: 4, 8: 3, 9: 1, 10: 1}
"""Weights of lengths: most marks of Europe have six to eight characters, hardly one under five.

At equal weights every dateless mark of two or three characters was read as foreign.
"""

_SHAPES: tuple[tuple[str, float, list[str]], ...] = (
    ("gb_1983_prefix", 0.035, [f"Y{number}AAA" for number in _numbers(3)]),
    ("gb_q", 0.0005, [f"Q{number}AAA" for number in _numbers(3)]),
    ("gb_1963_suffix", 0.004, [f"AAA{number}Y" for number in _numbers(3)]),
    ("gb_dateless", 0.015, _DATELESS),
    ("ni", 0.0115, _ULSTER),
    ("ni", 0.0005, _OLD_IRISH),
    ("diplomatic", 0.0005, ["199D199"]),
    ("military", 0.0005, ["ZZ99ZZ"]),
    ("military_old", 0.0002, ["99ZZ99"]),
    ("trade", 0.0001, ["999A", "999AA", "999AAA"]),
    ("trade", 0.0002, ["99999"]),
    *(
        (FOREIGN, _FOREIGN_SHARE * weight / sum(_FOREIGN_LENGTHS.values()), ["*" * length])
        for length, weight in _FOREIGN_LENGTHS.items()
    ),
)
