"""The command line of `scripts/quantise`: make the forms, check them, list those that read well."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
from numpy.typing import NDArray

from recognition.evaluation.photos import Photo, photos_of
from recognition.models import SHIPPED
from recognition.packs.manifest import FLOAT, FP16, INT8
from recognition.packs.opset import opset_of
from recognition.recogniser import Recogniser
from recognition.training.forms.check import BOTH, IN_FORMS, MOST_LOST, Compared, compared
from recognition.training.forms.make import write_fp16, write_int8
from recognition.training.forms.pictures import overheard, rendered

__all__ = ["main"]

_SETS = ("uk_dev", "uk_dev_crops")
_HEADING = "## Forms"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make, check, list, and return the exit code: 1 where a form was left out."""
    options = _options(arguments)
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser recommends its other tools
    cv2.setNumThreads(1)
    pack: Path = options.weights
    _list(pack, {task: () for task in IN_FORMS})
    shown = rendered(seed=options.seed, scenes=options.scenes)
    handed = overheard(Recogniser.open(pack, form=FLOAT), shown)
    for task in IN_FORMS:
        _make(pack, task, samples=handed[task])
    checked = [
        each
        for name, photos in _sets(options).items()
        for each in compared(pack, photos, name=name)
    ]
    _list(pack, {task: _kept(pack, task, checked) for task in IN_FORMS})
    for task in IN_FORMS:
        _tell(pack / f"{task}.md", [each for each in checked if each.task in (task, BOTH)])
    print(json.dumps([_figures(each) for each in checked], indent=2))
    return 0 if all(each.reads_as_well for each in checked) else 1


def _kept(pack: Path, task: str, checked: Sequence[Compared]) -> list[str]:
    """The forms that read as well on every set; the files of the others go.

    Where both networks together read worse, that which does so alone goes; both, if neither does.
    """
    worse = {(each.task, each.form) for each in checked if not each.reads_as_well}
    gone = {
        form
        for form in (INT8, FP16)
        if (task, form) in worse
        or ((BOTH, form) in worse and all((each, form) not in worse for each in IN_FORMS))
    }
    for form in gone:
        (pack / _file(task, form)).unlink()
    return [form for form in (INT8, FP16) if form not in gone]


def _make(pack: Path, task: str, *, samples: Sequence[NDArray[Any]]) -> None:
    source = pack / f"{task}.onnx"
    write_int8(source, pack / _file(task, INT8), samples=samples)
    write_fp16(source, pack / _file(task, FP16))
    _list(pack, {task: (INT8, FP16)})


def _file(task: str, form: str) -> str:
    return f"{task}.{form}.onnx"


def _list(pack: Path, forms: Mapping[str, Sequence[str]]) -> None:
    """Let the manifests name these forms, which lie beside them, and no others."""
    for task, names in forms.items():
        path = pack / f"{task}.json"
        told = json.loads(path.read_text(encoding="utf-8"))
        told["forms"] = [_form(pack, task, name, made_from=told["sha256"]) for name in names]
        path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _form(pack: Path, task: str, name: str, *, made_from: str) -> dict[str, Any]:
    data = (pack / _file(task, name)).read_bytes()
    return {
        "form": name,
        "file": _file(task, name),
        "sha256": hashlib.sha256(data).hexdigest(),
        "opset": opset_of(data),
        "made_from": made_from,
    }


def _sets(options: argparse.Namespace) -> dict[str, Iterable[Photo]]:
    # Scenes of another seed: a form must not be judged by what its ranges were taken from.
    sets: dict[str, Iterable[Photo]] = {
        f"rendered, seed {options.seed + 1}": rendered(seed=options.seed + 1, scenes=options.check)
    }
    if options.data:
        sets |= {name: photos_of(options.data / name) for name in _SETS}
    return sets


def _figures(each: Compared) -> dict[str, Any]:
    return {
        "task": each.task,
        "form": each.form,
        "photos": each.photos,
        "plates": len(each.before.read),
        "found": [sum(each.before.found), sum(each.after.found)],
        "read": [sum(each.before.read), sum(each.after.read)],
        "only_float_read": each.lost,
        "only_form_read": each.gained,
        "reads_as_well": each.reads_as_well,
    }


def _tell(card: Path, checked: Sequence[Compared]) -> None:
    """Write the figures into the card of the model, in place of those of forms before."""
    lines = [
        _HEADING,
        "",
        "The same weights in eight bits and in half precision, beside the float ones: plates found"
        " and read (O as 0, I as 1), and how many only one of the two read. A form that loses more"
        f" than chance gives and takes, or more than {100 * MOST_LOST:.0f} % of a set, is not"
        " shipped. `scripts/quantise` makes and checks them again.",
        "",
        "| set | plates | form of | form | found | float | read | float | lost | gained |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *map(_row, checked),
    ]
    text = card.read_text(encoding="utf-8") if card.exists() else ""
    head, _, tail = text.partition(f"\n{_HEADING}\n")
    _, parted, rest = tail.partition("\n## ")
    card.write_text(
        head.rstrip() + "\n\n" + "\n".join(lines) + "\n" + parted + rest, encoding="utf-8"
    )


def _row(each: Compared) -> str:
    before, after = each.before, each.after
    counts = (sum(after.found), sum(before.found), sum(after.read), sum(before.read))
    cells = (each.photos, len(before.read), each.task, each.form, *counts, each.lost, each.gained)
    return f"| {' | '.join(map(str, cells))} |"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="quantise",
        description="Make the eight-bit and half-precision forms of a pack's float weights again.",
    )
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="folder of the pack")
    parser.add_argument("--data", type=Path, help="folder of uk_dev and uk_dev_crops to check on")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument(
        "--scenes", type=int, default=120, help="rendered scenes to take ranges from"
    )
    parser.add_argument("--check", type=int, default=400, help="rendered scenes to check on")
    return parser.parse_args(arguments)
