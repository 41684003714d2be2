"""Ours beside rivals on every picture of the hard set, and what came of it by kind of plate."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from recognition.evaluation.hard.cases import Case
from recognition.evaluation.hard.picture import compose
from recognition.evaluation.hard.surroundings import Surroundings
from recognition.evaluation.rivals import CctReader, FirstAttempt, YuNetDetector
from recognition.evaluation.shares import Share, bootstrap, error_ratio
from recognition.frame import Frame, Image
from recognition.gate import Gate
from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Grammar, Reading, fold
from recognition.looks.ocr import patch_of
from recognition.looks.plates import Box, Found, box_of
from recognition.recogniser import Recogniser
from recognition.synthetic.scene import PlateTruth

__all__ = [
    "ASKED",
    "LEGIBLE_PX",
    "OURS",
    "OURS_UNGATED",
    "Answers",
    "Tried",
    "contest",
    "first_attempt",
    "ours",
    "ours_ungated",
    "summary",
    "told",
    "yunet_and_cct",
]

LEGIBLE_PX = 6.0
"""Letters lower than this are for finding only: nobody reads them."""

ASKED = 2 / 3
"""A rival's errors that may be left: a third of them at least has to be gone."""

OURS = "ours"
OURS_UNGATED = "ours, nothing gated"

_WIDTHS_PX = (14, 20, 28, 40, 60, 90, 130, 301)

Answers = Callable[[Image], list[tuple[Box, str]]]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one reader made of one case.

    Attributes:
        found: Its detector saw a plate where it stands.
        reported: A plate was reported there, with a mark.
        exact: Its mark was read exactly.
        folded: It was read, O taken as 0 and I as 1.
    """

    found: bool
    reported: bool
    exact: bool
    folded: bool


def ours(recogniser: Recogniser) -> Answers:
    """Our pipeline as users run it: what its gate drops is found, but has no mark."""

    def answers(image: Image) -> list[tuple[Box, str]]:
        reading = recogniser.read(Frame(image))
        least = recogniser.detector.looks.least
        unread = [
            (box_of(dropped.corners), "") for dropped in reading.dropped if dropped.score >= least
        ]
        return [*((plate.box, plate.reading.vrm) for plate in reading.plates), *unread]

    return answers


@dataclass(frozen=True, slots=True)
class _OpenGate(Gate):
    """Takes the same looks as the gate of users, and reports whatever has a mark."""

    def why_not(
        self,
        found: Found,
        lattice: Lattice,
        reading: Reading | None,
        *,
        check: float | None = None,
    ) -> str:
        """Nothing speaks against a mark."""
        return "" if reading else "nothing to read on it"


def ours_ungated(recogniser: Recogniser) -> Answers:
    """Our pipeline on the terms of the rivals, which report all that they find."""
    return ours(
        Recogniser(
            recogniser.detector,
            recogniser.reader,
            check=recogniser.check,
            outline=recogniser.outline,
            grammar=recogniser.grammar,
            gate=_OpenGate(),
        )
    )


def yunet_and_cct(peers: Path, *, grammar: Grammar, threads: int) -> Answers:
    """YuNet and CCT-XS, read with our grammar."""
    finder, reader = YuNetDetector(peers, threads=threads), CctReader(peers, threads=threads)
    return _read_with(finder.find, reader.read, cut=_upright, grammar=grammar)


def first_attempt(folder: Path, *, grammar: Grammar, threads: int) -> Answers:
    """Our first networks, read with our grammar of today."""
    pair = FirstAttempt(folder, threads=threads)
    return _read_with(pair.find, pair.read, cut=patch_of, grammar=grammar)


def _read_with(
    find: Callable[[Image], list[Found]],
    read: Callable[[Image], Lattice],
    *,
    cut: Callable[[Image, Any], Image],
    grammar: Grammar,
) -> Answers:
    def answers(image: Image) -> list[tuple[Box, str]]:
        seen = []
        for plate in find(image):
            reading = grammar.settle(read(cut(image, plate.corners)))
            seen.append((box_of(plate.corners), reading.vrm if reading else ""))
        return seen

    return answers


def _upright(image: Image, corners: Any) -> Image:
    x, y, width, height = box_of(corners)
    left, top = max(0, int(x)), max(0, int(y))
    return image[top : max(top + 1, int(y + height) + 1), left : max(left + 1, int(x + width) + 1)]


def contest(
    cases: Iterable[Case], *, among: Surroundings, readers: dict[str, Answers]
) -> tuple[list[Case], dict[str, list[Tried]]]:
    """Let every reader read every picture, which is drawn, shown to all in turn, and forgotten."""
    seen: list[Case] = []
    tried: dict[str, list[Tried]] = {name: [] for name in readers}
    for case in cases:
        picture = compose(case, among=among)
        seen.append(case)
        for name, answers in readers.items():
            tried[name].append(_marked(picture.truth, answers(picture.image)))
    return seen, tried


def _marked(truth: PlateTruth, answers: Sequence[tuple[Box, str]]) -> Tried:
    """Hold what was answered with its middle in the plate against the truth."""
    x, y, width, height = box_of(truth.corners)
    here = [
        text
        for (left, top, wide, high), text in answers
        if x <= left + wide / 2 <= x + width and y <= top + high / 2 <= y + height
    ]
    exact = truth.text in here
    folded = fold(truth.text) in map(fold, here)
    return Tried(bool(here), any(here), exact, folded)


def summary(cases: Sequence[Case], tried: dict[str, list[Tried]]) -> dict[str, Any]:
    """Figures of every reader, ratios of our errors to each rival's, and tables by kind.

    Rivals report all that they find. Ours is held against them as users run it, and with nothing
    gated as well where that was tried.

    Args:
        cases: The cases.
        tried: What each reader made of them, `OURS` among them.
    """
    legible = [case.letters_px >= LEGIBLE_PX for case in cases]
    alike = tried.get(OURS_UNGATED)
    used = {name: marks for name, marks in tried.items() if name != OURS_UNGATED}
    others = [name for name in used if name != OURS]
    return {
        "cases": len(cases),
        "legible": sum(legible),
        "readers": {name: _figures(marks, legible) for name, marks in used.items()},
        "nothing gated": alike and _figures(alike, legible),
        "errors": {
            name: {
                "asked_at_most": round(ASKED, 4),
                "found": _share(_ratio(tried[OURS], tried[name], of="found")),
                "exact": _share(_ratio(tried[OURS], tried[name], of="exact", only=legible)),
                "exact, nothing gated": alike
                and _share(_ratio(alike, tried[name], of="exact", only=legible)),
            }
            for name in others
        },
        "by": {
            kind: _table(cases, used, key=key, only=None if kind == "width" else legible)
            for kind, key in _KINDS.items()
        },
    }


def _figures(marks: Sequence[Tried], legible: Sequence[bool]) -> dict[str, Any]:
    read = [mark for mark, shown in zip(marks, legible, strict=True) if shown]
    return {
        "found": _share(bootstrap([mark.found for mark in marks])),
        "reported": _share(bootstrap([mark.reported for mark in marks])),
        "exact": _share(bootstrap([mark.exact for mark in read])),
        "folded": _share(bootstrap([mark.folded for mark in read])),
        "exact, all": _share(bootstrap([mark.exact for mark in marks])),
    }


def _ratio(
    ours: Sequence[Tried], theirs: Sequence[Tried], *, of: str, only: Sequence[bool] | None = None
) -> Share:
    chosen = range(len(ours)) if only is None else [row for row, yes in enumerate(only) if yes]
    return error_ratio(
        [getattr(ours[row], of) for row in chosen], [getattr(theirs[row], of) for row in chosen]
    )


def _band(case: Case) -> str:
    for low, high in pairwise(_WIDTHS_PX):
        if case.width_px < high:
            return f"{low}-{high - 1} px"
    return f"{_WIDTHS_PX[-2]}-{_WIDTHS_PX[-1] - 1} px"


_KINDS: dict[str, Callable[[Case], str]] = {
    "width": _band,
    "nuisance": lambda case: case.nuisance.value,
    "format": lambda case: case.format_id,
    "lines": lambda case: case.layout.name.lower().replace("_", " "),
    "frame": lambda case: f"{case.size_px[0]} x {case.size_px[1]}",
}


def _table(
    cases: Sequence[Case],
    tried: dict[str, list[Tried]],
    *,
    key: Callable[[Case], str],
    only: Sequence[bool] | None,
) -> dict[str, Any]:
    """By kind: cases, and for each reader the shares found and read exactly."""
    rows: dict[str, list[int]] = {}
    for row, case in enumerate(cases):
        if only is None or only[row]:
            rows.setdefault(key(case), []).append(row)
    order = sorted(rows, key=lambda name: int(name.split("-")[0])) if key is _band else sorted(rows)
    return {
        kind: {
            "cases": len(rows[kind]),
            **{
                name: {
                    what: round(sum(getattr(marks[row], what) for row in rows[kind]) / n, 4)
                    for what in ("found", "exact")
                }
                for name, marks in tried.items()
                if (n := len(rows[kind]))
            },
        }
        for kind in order
    }


def _share(share: Share) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(share).items()}


def told(figures: dict[str, Any]) -> str:
    """The same for eyes."""
    lines = [f"{figures['cases']} plates, {figures['legible']} with letters of 6 px and more"]
    ungated = {OURS_UNGATED: figures["nothing gated"]} if figures["nothing gated"] else {}
    for name, reached in {**figures["readers"], **ungated}.items():
        lines.append(name)
        for what, seen in reached.items():
            lines.append(f"  {what:12} {_percent(seen)}")
    for name, ratios in figures["errors"].items():
        for what in ("found", "exact", "exact, nothing gated"):
            seen = ratios[what]
            if seen is None:
                continue
            met = "met" if seen["value"] <= ASKED else "MISSED"
            lines.append(
                f"errors of {what} beside {name}: {seen['value']:.2f} of theirs "
                f"({seen['low']:.2f} to {seen['high']:.2f}), asked <= {ASKED:.2f}: {met}"
            )
    for kind, rows in figures["by"].items():
        lines.append(f"by {kind}: found, exact of each")
        for row, shares in rows.items():
            cells = [
                f"{each['found'] * 100:5.0f} {each['exact'] * 100:5.0f}"
                for each in shares.values()
                if isinstance(each, dict)
            ]
            lines.append(f"  {row:20} {shares['cases']:4}  " + " |".join(cells))
    return "\n".join(lines)


def _percent(seen: dict[str, float]) -> str:
    return f"{seen['value'] * 100:6.1f} %  ({seen['low'] * 100:.1f} to {seen['high'] * 100:.1f})"
