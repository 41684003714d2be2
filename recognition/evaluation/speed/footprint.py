"""What one inference session weighs in memory, beyond ONNX Runtime itself.

Each is weighed in a process of its own, because memory that one session gave back serves the next.
"""

import gc
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from recognition.frame import Frame, Image
from recognition.looks.check import PlateCheck
from recognition.looks.ocr import PlateReader
from recognition.looks.outline import PlateOutline
from recognition.looks.plates import PlateDetector
from recognition.recogniser import Recogniser

__all__ = ["footprints"]

_RUNS = 3
_PATCHES = 4
_PLACE = np.array([(600, 300), (760, 300), (760, 335), (600, 335)], np.float32)


def footprints(pack_dir: Path | None) -> dict[str, dict[str, float]]:
    """Megabytes that each session adds to a process that has ONNX Runtime and OpenCV loaded.

    Args:
        pack_dir: Folder of the pack, None for the one that ships.

    Returns:
        For each task and "all" of them together: "rss_mb" and, where the kernel says it, "pss_mb",
        after three runs on frames of 1280 x 720. A network that the pack has not weighs nothing.
    """
    with ProcessPoolExecutor(
        max_workers=1, mp_context=get_context("spawn"), max_tasks_per_child=1
    ) as fresh:
        return {name: fresh.submit(_weigh, name, pack_dir).result() for name in _OPENED}


def _weigh(name: str, pack_dir: Path | None) -> dict[str, float]:
    picture = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8)
    gc.collect()
    before = _memory_mb()
    look = _OPENED[name](pack_dir)
    for _ in range(_RUNS):
        look(picture)
    gc.collect()
    return {kind: round(after - before[kind], 1) for kind, after in _memory_mb().items()}


def _detector(pack_dir: Path | None) -> Callable[[Image], object]:
    return PlateDetector.open(pack_dir).find


def _reader(pack_dir: Path | None) -> Callable[[Image], object]:
    reader = PlateReader.open(pack_dir)
    return lambda picture: reader.read([picture[:60, :240]] * _PATCHES)


def _check(pack_dir: Path | None) -> Callable[[Image], object]:
    check = PlateCheck.open(pack_dir)
    return lambda picture: check and check.judge([(picture, _PLACE)] * _PATCHES)


def _outline(pack_dir: Path | None) -> Callable[[Image], object]:
    outline = PlateOutline.open(pack_dir)
    return lambda picture: outline and outline.corners([(picture, _PLACE)] * _PATCHES)


def _all(pack_dir: Path | None) -> Callable[[Image], object]:
    recogniser = Recogniser.open(pack_dir)
    return lambda picture: recogniser.read(Frame(picture))


_OPENED = {
    "plate_detector": _detector,
    "plate_ocr": _reader,
    "plate_check": _check,
    "plate_outline": _outline,
    "all": _all,
}


def _memory_mb() -> dict[str, float]:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    told = {"rss_mb": pages * os.sysconf("SC_PAGE_SIZE") / 1e6}
    rollup = Path("/proc/self/smaps_rollup")
    if rollup.exists():
        lines = (line.split() for line in rollup.read_text(encoding="ascii").splitlines())
        sizes = {words[0]: int(words[1]) for words in lines if words[-1] == "kB"}
        told["pss_mb"] = sizes["Pss:"] * 1024 / 1e6
    return told
