"""Our archive: days loaded past the intake, sealed as the hub seals them, and then asked."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from scripts.archive_bench.questions import PAGE, Question
from scripts.archive_bench.traffic import CAMERAS, FIRST, Day, Traffic, camera_id
from store.archive.days.durable import create_day
from store.archive.days.folders import day_folder, new_session, open_tables
from store.archive.days.rows import read_rows
from store.archive.days.sealing import seal_day
from store.archive.finding import question as put
from store.archive.finding.found import ReadLine
from store.archive.finding.marks import AnyMark, Listed, LookAlike, OneMark, Wildcard
from store.archive.months.covering import cover
from store.archive.search import Archive
from store.ledger.instants import from_us

__all__ = ["Ours"]

_VEHICLES_AT_ONCE = 50_000


class Ours:
    """The archive's folder, loaded day by day and then asked."""

    name = "ours"

    def __init__(self, folder: Path, *, traffic: Traffic) -> None:
        """Work in a folder; every vehicle gets its row once, plain and misread."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._session = new_session(cache_bytes=64 << 20)
        # a few at a time: twelve million reads as nouns would fill the machine
        self._rows = pa.concat_tables(
            read_rows(traffic.examples(first=first, last=first + _VEHICLES_AT_ONCE))
            for first in range(0, len(traffic.marks), _VEHICLES_AT_ONCE)
        ).combine_chunks()
        self._archive = Archive(folder)

    def load(self, day: Day) -> None:
        """Write a day into its table at once, and seal it."""
        folder = day_folder(self._folder, FIRST + timedelta(days=day.number))
        create_day(folder)
        rows = self._rows.take(pa.array(2 * day.vehicles + day.repaired))
        fresh = {
            "read_id": day.read_ids(),
            "captured_us": pa.array(day.captured_us),
            "camera_id": pa.array([camera_id(one) for one in range(CAMERAS)]).take(
                pa.array(day.cameras)
            ),
            "confidence": pa.array(np.rint(day.confidences * 10_000).astype(np.uint16)),
            "direction": day.directions(),
        }
        for name, column in fresh.items():
            at = rows.schema.get_field_index(name)
            rows = rows.set_column(at, rows.schema.field(at), column)
        open_tables(folder, session=self._session)["reads"].add(rows)
        seal_day(folder, session=self._session)
        cover([folder])

    def index(self) -> None:
        """Do nothing: a sealed day is in order."""

    def ready(self) -> None:
        """Forget what loading left in the caches of the search."""
        self._archive = Archive(self._folder)

    def answer(self, question: Question) -> list[ReadLine]:
        """Give the newest page of reads."""
        return _answered(self._archive, question)

    def memory_mb(self, asked: Sequence[Question]) -> dict[str, int]:
        """Give what a process holds that does nothing but answer these, in megabytes."""
        context = multiprocessing.get_context("spawn")  # LanceDB does not live through a fork
        with ProcessPoolExecutor(1, mp_context=context) as process:
            return process.submit(_weighed, self._folder, asked).result()

    def size_bytes(self) -> int:
        """Give the size on disk."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())


def _weighed(folder: Path, asked: Sequence[Question]) -> dict[str, int]:
    archive = Archive(folder)
    before = _held_mb()
    for question in asked:
        _answered(archive, question)
    after = _held_mb()
    return {f"before_{name}": before[name] for name in before} | after


def _held_mb() -> dict[str, int]:
    """Memory of its own and pages of mapped files, which the kernel takes back when it must."""
    held = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines()
    )
    return {
        "own": int(held["RssAnon"].split()[0]) // 1024,
        "mapped": int(held["RssFile"].split()[0]) // 1024,
    }


def _answered(archive: Archive, question: Question) -> list[ReadLine]:
    match question.kind:
        case "exact":
            marks: put.Marks = OneMark.of(question.marks[0])
        case "wildcard":
            marks = Wildcard.of(question.marks[0])
        case "look-alike":
            marks = LookAlike.of(question.marks[0])
        case "listed":
            marks = Listed.of(question.marks)
        case _:
            marks = AnyMark()
    found, _ = archive.search(
        put.Question.about(
            marks,
            since_at=from_us(question.since_us),
            until_at=from_us(question.until_us),
            cameras=question.cameras,
            limit=PAGE,
        )
    )
    return [one.read for one in found]
