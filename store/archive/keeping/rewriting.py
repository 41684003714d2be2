"""A day written anew without some of its reads: nothing of them is left in any file of it.

Deleting rows would leave them in older versions, in indices and in what the deletion itself says.
So the day is built again beside itself from what stays, and the two folders change places in one
step: whoever looks sees the day before or after, never none.
"""

import ctypes
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa
import pyarrow.compute as pc

from store.archive.bucket.moved import hushed
from store.archive.bucket.moving import bring_down
from store.archive.days.durable import DurableMark
from store.archive.days.folders import FORMAT, TABLES, new_session, open_tables
from store.archive.days.lines import is_sealed
from store.archive.days.sealing import key_files, seal_day
from store.archive.months.covering import cover, uncover
from store.disk import sync_all, why
from store.errors import UnavailableError

__all__ = ["REWRITTEN", "rewrite_without"]

REWRITTEN = ".erasing"
"""Beside the days: where one is built anew, and where the old one stands until it is removed."""

_CACHE_BYTES = 16 << 20
_ROWS_AT_ONCE = 4096
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def rewrite_without(folder: Path, *, read_ids: Collection[str]) -> None:
    """Write a day anew without some reads and their pictures; call it again where it was killed.

    A day of the bucket comes down for it, and is carried up again once its hub runs. Nobody else
    writes to the day. Whoever has it open for reading opens it anew afterwards.

    Args:
        folder: The day's folder.
        read_ids: Of the reads that go; those that are not there do not matter.

    Raises:
        UnavailableError: The day cannot be read, or the disk has no room for a second copy of it;
            the day is as it was.
        CorruptError: The day is not as we wrote it.
    """
    beside = folder.parent / REWRITTEN / folder.name
    try:
        shutil.rmtree(beside.parent, ignore_errors=True)
        if _has_any(folder, read_ids):
            bring_down(folder)
            _build(beside, source=folder, but=read_ids)
            uncover([folder])
            _exchange(beside, folder)
            sync_all([folder.parent])
            shutil.rmtree(beside)
            beside.parent.rmdir()
        if is_sealed(folder):
            cover([folder])
        sync_all([folder.parent])
    except (OSError, RuntimeError, ValueError) as trouble:
        raise UnavailableError(
            f"The day {folder.name} could not be written anew: {why(trouble)}. Make room on the "
            "disk for a second copy of it, then erase again; it goes on from there."
        ) from hushed(folder, trouble)


def _has_any(folder: Path, read_ids: Collection[str]) -> bool:
    """Say whether any version of a table of the day holds one of the reads."""
    wanted = _column(read_ids)
    for table in open_tables(folder, session=new_session(cache_bytes=_CACHE_BYTES)).values():
        for batch in table.search().select(["read_id"]).to_batches():
            if pc.any(pc.is_in(batch["read_id"], value_set=wanted)).as_py():
                return True
    return False


def _build(beside: Path, *, source: Path, but: Collection[str]) -> None:
    """Write a day from what stays of another: sealed as that one is, and on disk for certain."""
    beside.mkdir(mode=0o700, parents=True)
    session = new_session(cache_bytes=_CACHE_BYTES)
    tables = open_tables(source, session=session)
    day = lancedb.connect(str(beside.absolute()))
    versions = {}
    for name, schema in TABLES.items():
        rows = pa.RecordBatchReader.from_batches(schema, _kept(tables[name], schema, but=but))
        versions[name] = day.create_table(name, data=rows, schema=schema).version
    (beside / "format").write_text(FORMAT)
    key_files(beside, open_tables(beside, session=session))
    DurableMark(beside).move(versions)
    sync_all([beside, *beside.rglob("*")])
    if is_sealed(source):
        seal_day(beside, session=session)


def _kept(table: Any, schema: pa.Schema, *, but: Collection[str]) -> Iterator[pa.RecordBatch]:
    gone = _column(but)
    for batch in table.search().to_batches(batch_size=_ROWS_AT_ONCE):
        stays = pc.invert(pc.is_in(batch["read_id"], value_set=gone))
        yield batch.filter(stays).select(schema.names).cast(schema)


def _column(read_ids: Collection[str]) -> "pa.Array[Any]":
    return pa.array([bytes.fromhex(read_id) for read_id in read_ids], pa.binary(16))


def _exchange(one: Path, other: Path) -> None:
    """Let two folders change places in one step.

    Raises:
        OSError: The file system cannot do that, or fails.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    paths = (os.fsencode(one), os.fsencode(other))
    failed = libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE)
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
