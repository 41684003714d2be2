"""`anpr read`: print the plates of pictures. Nothing is stored, nobody's list is asked."""

import json
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from anpr_tui.verbs import state_option
from anpr_tui.verbs.reading.models import shelf_of
from anpr_tui.verbs.reading.why import explained, places
from recognition.errors import PictureRefusedError
from recognition.frame import DEFAULT_LIMITS, decode
from recognition.looks.plates import box_of
from recognition.recogniser import FrameReading, PlateReading, Recogniser

__all__ = ["read"]

_PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".tif", ".tiff"})


@click.command()
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each picture.")
@click.option("--crop", is_flag=True, help="Each picture is one plate already: only read it.")
@click.option(
    "--why",
    is_flag=True,
    help="Show what may stand at each place, the format chosen, and what was not reported.",
)
@click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option(
    "--models",
    metavar="NAME|DIR",
    help="Model pack. Default: the one `anpr models use` chose, else the one that ships.",
)
@state_option
@click.pass_context
def read(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    as_json: bool,
    crop: bool,
    why: bool,
    threads: int,
    models: str | None,
    state: Path,
) -> None:
    """Print the plates of pictures; folders are walked. Nothing is stored.

    A picture that cannot be read is one line with its reason, and the rest goes on. Exit code: 0
    if every picture could be read, 1 if one was refused.
    """
    recogniser = Recogniser.open(shelf_of(state).resolve(models), threads=threads)
    refused = False
    for path in _pictures(paths):
        line = _line(path, recogniser, crop=crop, why=why)
        refused |= "refused" in line
        click.echo(json.dumps(line) if as_json else "\n".join(_sentences(line)))
        sys.stdout.flush()
    ctx.exit(1 if refused else 0)


def _pictures(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as named, and what looks like a picture in folders, in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                found
                for found in path.rglob("*")
                if found.suffix.lower() in _PICTURES and not found.name.startswith(".")
            )
        else:
            yield path


def _line(path: Path, recogniser: Recogniser, *, crop: bool, why: bool) -> dict[str, Any]:

    started = time.perf_counter()
    try:
        frame = decode(_bytes(path))
    except PictureRefusedError as error:
        return {"file": str(path), "refused": str(error)}
    reading = recogniser.read_crop(frame) if crop else recogniser.read(frame)
    taken_ms = (time.perf_counter() - started) * 1e3
    line: dict[str, Any] = {
        "file": str(path),
        "size": list(frame.size_px),
        "ms": round(taken_ms, 2),
        "plates": [_plate(plate) for plate in reading.plates],
    }
    return line | _why(reading) | _by_whom(recogniser) if why else line


def _bytes(path: Path) -> bytes:
    """The bytes of a regular file that is not too large to be a picture."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise PictureRefusedError("not a file: only files and folders are read")
        with path.open("rb") as file:
            return file.read(DEFAULT_LIMITS.data_bytes + 1)
    except OSError as error:
        raise PictureRefusedError(
            f"cannot be opened: {error.strerror or type(error).__name__}; check name and rights"
        ) from error


def _plate(plate: PlateReading) -> dict[str, Any]:
    told = plate.reading
    return {
        "vrm": told.vrm,
        "raw": told.raw,
        "confidence": round(told.confidence, 4),
        "corners": [[round(float(x), 1), round(float(y), 1)] for x, y in plate.corners],
        "box": [round(side, 1) for side in plate.box],
        "candidates": [[vrm, round(posterior, 4)] for vrm, posterior in told.candidates],
    }


def _by_whom(recogniser: Recogniser) -> dict[str, Any]:
    told = [model.manifest for model in recogniser.models]
    return {
        "provider": recogniser.provider,
        "models": [f"{model.task} {model.version}, {model.decode}" for model in told],
    }


def _why(reading: FrameReading) -> dict[str, Any]:

    return {
        "lattices": [places(plate) for plate in reading.plates],
        "stages_ms": {name: round(took_ms, 2) for name, took_ms in reading.stages_ms.items()},
        "detections": [round(plate.detection, 3) for plate in reading.plates],
        "checks": [
            None if plate.check is None else round(plate.check, 3) for plate in reading.plates
        ],
        "formats": [plate.reading.format for plate in reading.plates],
        "dropped": [
            {
                "reason": dropped.reason,
                "detection": round(dropped.score, 3),
                "box": [round(side, 1) for side in box_of(dropped.corners)],
            }
            for dropped in reading.dropped
        ],
    }


def _sentences(line: dict[str, Any]) -> list[str]:
    """The same for eyes: one sentence a plate."""
    if "refused" in line:
        return [f"{line['file']}: refused, {line['refused']}"]
    said = []
    for row, plate in enumerate(line["plates"]):
        x, y, width, height = (round(side) for side in plate["box"])
        seen = "" if plate["raw"] == plate["vrm"] else f", seen as {plate['raw']}"
        sure = round(plate["confidence"] * 100)
        said.append(
            f"{line['file']}: {plate['vrm']}, {sure} % sure{seen},"
            f" {width} x {height} px at {x}, {y}"
        )
        if "lattices" in line:
            said += explained(
                line["lattices"][row],
                format_id=line["formats"][row],
                detection=line["detections"][row],
                check=line["checks"][row],
                candidates=plate["candidates"],
            )
    said = said or [f"{line['file']}: no plate"]
    for dropped in line.get("dropped", []):
        x, y, width, height = (round(side) for side in dropped["box"])
        said.append(f"  not reported: {dropped['reason']}, {width} x {height} px at {x}, {y}")
    return said
