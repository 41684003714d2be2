"""Character lattice -> one mark: UK grammar as a prior, never as a correction of what it is not.

Every template (`formats`), of the UK, of Europe and of marks unknown, is weighed at once: the
probability of a lattice under a template is the sum over all ways to lay the template's places
along the slots, leaving slots out where they may be nothing. The best mark of the likeliest
templates wins, and its posterior is its share of everything, so an unclear plate says so.

Three keys: `raw`, what the network wrote; `vrm`, the canonical mark; `fold`, `vrm` with O as 0 and
I as 1, which look the same in the prescribed font.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.grammar.europe import EUROPEAN
from recognition.grammar.formats import ABROAD, FOREIGN, NEWEST_AGE, Template, templates
from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice
from recognition.grammar.regions import ANYWHERE, Region

__all__ = ["Grammar", "Reading", "fold"]

_TWINS = ((ALPHABET.index("0"), ALPHABET.index("O")), (ALPHABET.index("1"), ALPHABET.index("I")))
_LIKENESSES = (0.0, 0.05, 1.0)
"""How alike O and 0, I and 1 are: on a mark of no known shape the network's word stands, on one of
Europe they differ but place may tell, and in the font prescribed here they are the same glyph.
"""
_FOLDED = str.maketrans("OI", "01")
_LIKELY_TEMPLATES = 6
_MOST_CANDIDATES = 5
_LEAST_POSTERIOR = 0.001
_TRUST = 0.6
"""What the network's log-probabilities are divided by where a mark is chosen: below 1, what it saw
weighs more against what is usual. Of 122 Romanian marks in dashcam frames 109 were read at 1 and
121 at 0.6; of 190, 181 at 0.8 and 185 at 0.6, for 2 of 260 hard rendered ones.
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a plate says.

    Attributes:
        vrm: The canonical mark.
        raw: What the network wrote.
        fold: `vrm` with O as 0 and I as 1: the key that lists and searches join on.
        format: Name of the format, "european" of another country of Europe, "foreign_or_unknown"
            where none fits better.
        confidence: Posterior of `vrm`, in [0, 1].
        repaired: The grammar changed a character, beyond telling O from 0 and I from 1, which
            only their place can tell apart: such a read may alarm as possible only.
        candidates: Other marks with their posterior, likeliest first; with `confidence` they add
            to at most 1.
    """

    vrm: str
    raw: str
    fold: str
    format: str
    confidence: float
    repaired: bool
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    text: str
    format: str
    mass: float


def fold(text: str) -> str:
    """The key of a mark: O as 0 and I as 1, the same glyphs in the prescribed font."""
    return text.translate(_FOLDED)


class Grammar:
    """All templates, laid out for reading a lattice in a few array operations.

    Attributes:
        temperature: What the network's log-probabilities are divided by where confidence is told,
            so that of reads with a confidence of 0.9 nine in ten are right:
            `scripts/bench_calibration` fits it, and has to be run again for another reader.
    """

    def __init__(
        self,
        *,
        newest_age: int = NEWEST_AGE,
        region: Region = ANYWHERE,
        temperature: float = 1.0,
    ) -> None:
        """Lay out the templates.

        Args:
            newest_age: As in `recognition.grammar.formats.templates`.
            region: Memory tags that are more usual here, as the force that runs the hub says.
            temperature: Divides log-probabilities; above 0.
        """
        self.temperature = temperature
        self._templates = templates(newest_age=newest_age, region=region)
        sets = {place: 0 for template in self._templates for place in template.places}
        self._sets = {place: index for index, place in enumerate(sets)}
        self._weights = np.stack([_weights(place) for place in self._sets])
        longest = max(len(template.places) for template in self._templates)
        never = len(self._sets)
        self._places = np.full((len(self._templates), longest), never)
        for row, template in enumerate(self._templates):
            self._places[row, : len(template.places)] = [self._sets[p] for p in template.places]
        self._lengths = np.array([len(template.places) for template in self._templates])
        self._shares = np.array([template.share for template in self._templates])
        self._by_format: dict[str, float] = {}
        for template in self._templates:
            known = self._by_format.get(template.format, 0.0)
            self._by_format[template.format] = known + template.share
        self._likeness = np.array([_likeness(template.format) for template in self._templates])
        self._columns = self._places + (never + 1) * self._likeness[:, np.newaxis]

    def share_of(self, format_id: str) -> float:
        """Share of vehicles on the road whose mark has that format, in (0, 1]."""
        return self._by_format[format_id]

    def settle(self, lattice: Lattice) -> Reading | None:
        """Read a lattice, or None where no character can be seen.

        A lattice of n slots costs n array operations over all templates at once.
        """
        raw = lattice.raw
        if not raw:
            return None
        evidence = lattice.slots ** (1 / _TRUST)
        evidence /= evidence.max(axis=1, keepdims=True)
        seen_as = np.stack([_share_glyphs(evidence, least=least) for least in _LIKENESSES])
        masses = self._masses(seen_as)
        whole = masses.sum()
        likely = np.argsort(-masses)[:_LIKELY_TEMPLATES]
        marks = [
            mark
            for row in likely
            if masses[row] > whole * _LEAST_POSTERIOR
            for mark in self._marks(int(row), seen_as[self._likeness[row]], raw=raw)
        ]
        return _reading(marks, raw=raw, whole=float(whole), soften=_TRUST / self.temperature)

    def _masses(self, seen_as: NDArray[np.float64]) -> NDArray[np.float64]:
        """Prior share times probability of the whole lattice, for each template.

        Args:
            seen_as: (likenesses, slots, 37) evidence, by how alike O and 0, I and 1 are taken.
        """
        count, longest = self._places.shape
        chances = seen_as[:, :, :NOTHING] @ self._weights.T
        chances = np.pad(chances, ((0, 0), (0, 0), (0, 1)))
        by_slot = np.hstack(list(chances))
        reached = np.zeros((count, longest + 1))
        reached[:, 0] = 1.0
        for slot, nothing in enumerate(seen_as[0, :, NOTHING]):
            stepped = reached[:, :-1] * by_slot[slot].take(self._columns)
            reached *= nothing
            reached[:, 1:] += stepped
        ends: NDArray[np.float64] = reached[np.arange(count), self._lengths] * self._shares
        return ends

    def _marks(
        self,
        row: int,
        evidence: NDArray[np.float64],
        *,
        raw: str,
    ) -> Iterable[_Mark]:
        """The best mark of one template, and those that differ from it in one character."""
        template = self._templates[row]
        if template.format == FOREIGN:
            return self._foreign(template, evidence, raw=raw)
        weights = self._weights[self._places[row, : len(template.places)]]
        joint = evidence[:, np.newaxis, :NOTHING] * weights
        best = joint.max(axis=2)
        slots = _lay(best, evidence[:, NOTHING])
        if slots is None:
            return []
        chosen = joint[slots, np.arange(len(slots))]
        letters = chosen.argmax(axis=1)
        passed = np.delete(evidence[:, NOTHING], slots).prod()
        mass = float(template.share * passed * chosen.max(axis=1).prod())
        text = [ALPHABET[letter] for letter in letters]
        marks = [_Mark("".join(text), template.format, mass)]
        for place, letter in enumerate(letters):
            others = chosen[place].copy()
            others[letter] = 0
            second = int(others.argmax())
            if others[second] > 0:
                changed = [*text[:place], ALPHABET[second], *text[place + 1 :]]
                share = float(others[second] / chosen[place, letter])
                marks.append(_Mark("".join(changed), template.format, mass * share))
        return marks

    def _foreign(
        self, template: Template, evidence: NDArray[np.float64], *, raw: str
    ) -> Iterable[_Mark]:
        """What the network wrote, as it wrote it."""
        if len(template.places) != len(raw):
            return []
        uniform = 1 / len(ALPHABET)
        written = evidence.argmax(axis=1) != NOTHING
        mass = template.share * evidence.max(axis=1).prod() * uniform ** written.sum()
        return [_Mark(raw, FOREIGN, float(mass))]


def _weights(place: Sequence[tuple[str, float]]) -> NDArray[np.float64]:
    weights = np.zeros(len(ALPHABET))
    for character, weight in place:
        weights[ALPHABET.index(character)] = weight
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _likeness(format_id: str) -> int:
    """Which of `_LIKENESSES` holds for marks of a format."""
    return {FOREIGN: 0, EUROPEAN: 1}.get(format_id, 2)


def _share_glyphs(evidence: NDArray[np.float64], *, least: float) -> NDArray[np.float64]:
    """Give each of O and 0, I and 1 at least that share of what the likelier of the pair has."""
    glyphs = evidence.copy()
    for digit, letter in _TWINS:
        pair = least * np.maximum(evidence[:, digit], evidence[:, letter])
        glyphs[:, digit] = np.maximum(glyphs[:, digit], pair)
        glyphs[:, letter] = np.maximum(glyphs[:, letter], pair)
    return glyphs


def _lay(best: NDArray[np.float64], nothing: NDArray[np.float64]) -> NDArray[np.intp] | None:
    """The slots that the places of one template fall on, in the best way to lay them.

    Args:
        best: (slots, places) of the likeliest character of each place in each slot.
        nothing: (slots,) of there being no character.
    """
    slots, places = best.shape
    if slots < places:
        return None
    reached = np.zeros((slots + 1, places + 1))
    reached[0, 0] = 1.0
    steps = np.zeros((slots, places), bool)
    for slot in range(slots):
        passed = reached[slot] * nothing[slot]
        stepped = reached[slot, :-1] * best[slot]
        steps[slot] = stepped > passed[1:]
        reached[slot + 1] = passed
        reached[slot + 1, 1:] = np.maximum(passed[1:], stepped)
    laid: list[int] = []
    place = places
    for slot in range(slots - 1, -1, -1):
        if place and steps[slot, place - 1]:
            place -= 1
            laid.append(slot)
    return np.array(laid[::-1]) if place == 0 else None


def _at_home(mark: _Mark) -> tuple[bool, float]:
    """How far a mark lends its format to what reads the same: ours first, then the likelier."""
    return mark.format not in ABROAD, mark.mass


def _reading(marks: Iterable[_Mark], *, raw: str, whole: float, soften: float) -> Reading:
    by_text: dict[str, _Mark] = {}
    for mark in marks:
        known = by_text.get(mark.text)
        mass = mark.mass + (known.mass if known else 0.0)
        kept = max(known or mark, mark, key=_at_home)
        by_text[mark.text] = _Mark(mark.text, kept.format, mass)
    ranked = sorted(by_text.values(), key=lambda mark: (-mark.mass, mark.text))
    best = ranked[0] if ranked else _Mark(raw, FOREIGN, 0.0)
    shares = np.array([best.mass, *(mark.mass for mark in ranked[1:])]) / whole
    rest = max(0.0, 1.0 - float(shares.sum()))
    sure = shares**soften / ((shares**soften).sum() + rest**soften)
    others = tuple(
        (mark.text, float(chance))
        for mark, chance, share in zip(ranked[1:], sure[1:], shares[1:], strict=True)
        if share > _LEAST_POSTERIOR
    )
    return Reading(
        vrm=best.text,
        raw=raw,
        fold=fold(best.text),
        format=best.format,
        confidence=min(1.0, float(sure[0])),
        repaired=fold(best.text) != fold(raw),
        candidates=others[:_MOST_CANDIDATES],
    )
