"""Marks of other European countries, as templates beside those of the UK and Ireland.

A mark that a country issues is far likelier than letters and digits at random, so what the network
wrote of a Romanian lorry is not made into a British mark unless the network is in doubt itself.
Shapes are of marks issued to cars and lorries now or lately; special series are left to the
templates of unknown marks. How often each country is met is a coarse estimate of ours, in the
order in which its lorries cross the Channel (Department for Transport, road goods vehicles).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

__all__ = ["EUROPEAN", "shapes"]

EUROPEAN = "european"
"""Format of a mark that another European country issues, and neither the UK nor Ireland does."""

_PLACES: dict[str, str] = {
    "9": "0123456789",
    "1": "123456789",
    "h": "12",
    "L": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "C": "BCDFGHJKLMNPRSTVWXYZ",
    "F": "ABCDEFGHJKLMNPRSTVWXYZ",
    "G": "ABCEHIKMNOPTXYZ",
    "V": "BCDEFGKLNOPRSTWZ",
    "P": "ACEFGHJKLMNPRSTUVWXY",
    "B": "B",
    "J": "J",
}
"""Sets of characters by the sign that stands for them in a shape.

L is any letter, C a consonant, F one of France and Italy (no I, O, Q or U), G one that Greek and
Cyrillic share with Latin; V begins a Polish mark and P stands in the rest of it.
"""

_COUNTIES = {
    "A": "BGR",
    "B": "CHNRTVZ",
    "C": "JLSTV",
    "D": "BJ",
    "G": "JLR",
    "H": "DR",
    "I": "FLS",
    "M": "HMS",
    "N": "T",
    "O": "T",
    "P": "H",
    "S": "BJMV",
    "T": "LMR",
    "V": "LNS",
}
"""Letters of Romanian counties: the first, and what may follow it."""

_COUNTY_SHARE = 14.0

_SERIES: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "Poland": (
        20.0,
        (
            *("VL99999", "VL9999P", "VL999PP", "VL9P999", "VL9PP99"),
            *("VLLP999", "VLL99PP", "VLL9P99", "VLL99P9", "VLL9PP9", "VLLPP99"),
            *("VLL99999", "VLL9999P", "VLL999PP"),
        ),
    ),
    "Bucharest": (6.0, ("B99LLL", "B999LLL", "B999999")),
    "Lithuania": (9.0, ("LLL999", "LL999")),
    "Netherlands": (
        8.0,
        (
            *("CC99CC", "CCCC99", "99CCCC", "99CCC9", "9CCC99", "CC999C"),
            *("C999CC", "CCC99C", "9CC999", "999CC9"),
        ),
    ),
    "Spain": (7.0, ("9999CCC", "L9999CC", "LL9999CC")),
    "Bulgaria": (6.0, ("G9999GG", "GG9999GG")),
    "Hungary": (5.0, ("LLL999", "LLLL999")),
    "Germany": (
        6.0,
        tuple(
            "L" * letters + "1" + "9" * more
            for letters in range(2, 6)
            for more in range(4)
            if letters + more < 8
        ),
    ),
    "France": (5.0, ("FF999FF", "999LL99", "999LLL99", "9999LL99")),
    "Italy": (3.0, ("FF999FF", "FF99999")),
    "Portugal": (3.0, ("LL99LL", "99LL99", "9999LL", "LL9999")),
    "Belgium": (3.0, ("hLLL999", "LLL999", "999LLL")),
    "Czechia": (3.0, ("9L99999", "9LL9999", "LLL9999")),
    "Slovakia": (3.0, ("LL999LL",)),
    "Latvia": (3.0, ("LL9999", "LL999")),
    "Slovenia": (1.5, ("LLLL999", "LL999LL", "LL99LLL", "LLL9999", "LLL999")),
    "Turkey": (1.0, ("99L9999", "99LL999", "99LL9999", "99LLL99", "99LLL999")),
    "Austria": (1.0, ("L99999L", "LL999LL", "LL9999L", "L9999LL", "LL99LLL", "L999LLL")),
    "Denmark": (1.0, ("LL99999",)),
    "Norway": (1.0, ("LL99999",)),
    "Sweden": (1.0, ("LLL999", "LLL99L")),
    "Croatia": (1.0, ("LL999L", "LL999LL", "LL9999L", "LL9999LL")),
    "Serbia": (0.7, ("LL999LL", "LL9999LL")),
    "Ukraine": (0.7, ("GG9999GG",)),
    "Greece": (0.7, ("GGG9999",)),
    "Estonia": (0.7, ("999LLL",)),
    "Finland": (0.5, ("LLL999",)),
    "Switzerland": (0.5, ("LL9999", "LL99999", "LL999999")),
    "Luxembourg": (0.3, ("LL9999", "99999")),
    "Moldova": (0.3, ("LLL999",)),
    "Bosnia": (0.3, ("G99G999",)),
    "Belarus": (0.2, ("9999GG9",)),
    "Russia": (0.2, ("G999GG99", "G999GG999")),
    "Cyprus and Malta": (0.2, ("LLL999",)),
    "Jersey": (0.5, ("J99999", "J999999")),
}
"""By country: how often it is met against the others, and the shapes of its marks."""


def shapes() -> Mapping[tuple[str, ...], float]:
    """The shapes of marks, by the characters that may stand at each place.

    Returns:
        A share each, together one. What several countries share is one shape.
    """
    drawn: dict[tuple[str, ...], float] = defaultdict(float)
    for places, often in [*_series(), *_counties()]:
        drawn[places] += often
    whole = sum(drawn.values())
    return {places: often / whole for places, often in drawn.items()}


def _series() -> Iterator[tuple[tuple[str, ...], float]]:
    for often, series in _SERIES.values():
        for shape in series:
            yield tuple(_PLACES[place] for place in shape), often / len(series)


def _counties() -> Iterator[tuple[tuple[str, ...], float]]:
    """Romanian marks, TM 12 ABC, a shape for each first letter of a county."""
    rest = [_PLACES[place] for place in "99LLL"]
    counties = sum(map(len, _COUNTIES.values()))
    for first, seconds in _COUNTIES.items():
        yield (first, seconds, *rest), _COUNTY_SHARE * len(seconds) / counties
