"""Sealing: a day that is over is put in order once, and searches no longer ask its tables.

    reads      written anew in the order of mark, time and identity, stored smaller
    pictures   drawn together, and indexed by identity
    durable    the mark moves to those versions
    versions   what came before them goes, with the plates in it
    lines      written from the new rows: from here the day is sealed
    keys       the key files go; the lines know more

Killed between any two of these, the day opens: before the mark has moved it goes back to what it
was, after that it is an open day in good order, and it is sealed again from its tables. A late
read makes a sealed day an open one: its key files are written first and its lines removed last.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from lancedb.index import BTree

from store.archive.days.drawing import draw_together
from store.archive.days.durable import DurableMark
from store.archive.days.folders import open_tables
from store.archive.days.identities import files_of, runs_of
from store.archive.days.keys import KEY_FILES, PLATES, READ_IDS, KeyFile
from store.archive.days.lines import (
    LINES,
    Lines,
    day_start_us,
    is_sealed,
    lines_of,
    write_lines,
)
from store.archive.days.rows import SEALED_READS, id_keys_of, ids_of
from store.disk import sync_all
from store.errors import CorruptError

__all__ = ["in_order", "key_files", "mend", "seal_day", "unseal"]

_INDEXED_FROM = 256
"""So few pictures are found as fast without an index."""


def seal_day(folder: Path, *, session: Any) -> None:
    """Seal a day that nobody writes to; a sealed one is made sure of, and left as it is.

    Args:
        folder: The day.
        session: From `new_session`.

    Raises:
        CorruptError: The day is of another format, or holds what it cannot hold.
        OSError, RuntimeError, ValueError: The disk or LanceDB: the day is as it was, or in order
            and open.
    """
    if is_sealed(folder):
        return
    tables = open_tables(folder, session=session)
    reads, pictures = tables["reads"], tables["pictures"]
    rows = in_order(reads.to_arrow())
    if rows.num_rows:
        reads.add(rows.cast(SEALED_READS), mode="overwrite")
    draw_together(pictures)
    if pictures.count_rows() >= _INDEXED_FROM:
        pictures.create_index("read_id", config=BTree(), replace=True)
    settled = [draw_together(table) for table in tables.values()]
    mark = DurableMark(folder)
    mark.move({name: table.version for name, table in tables.items()})
    for table, nothing_to_write in zip(tables.values(), settled, strict=True):
        if nothing_to_write:
            # the only version left is the marked one, and searches that read another ask again;
            # 0 would be taken for a mistake
            table.optimize(cleanup_older_than=timedelta(milliseconds=1), delete_unverified=True)
    pictured = id_keys_of(pictures.search().select(["read_id"]).to_arrow()["read_id"])
    lines = lines_of(
        rows,
        start_us=day_start_us(folder),
        pictured=pictured,
        version=reads.version,
        runs=runs_of(folder, ids_of(rows["read_id"])),
        files=files_of(folder),
    )
    write_lines(folder, lines)
    _drop_keys(folder)


def unseal(folder: Path) -> None:
    """Let a day be written to again; its key files are there already."""
    (folder / LINES).unlink(missing_ok=True)
    sync_all([folder])


def mend(folder: Path, *, versions: dict[str, int], session: Any) -> None:
    """Finish what a killed sealing or unsealing left; nobody writes to the day.

    Args:
        folder: The day, back at its durable mark.
        versions: The versions it stands at; empty where it has no mark.
        session: From `new_session`.
    """
    if not is_sealed(folder):
        return
    try:
        whole = Lines.open(folder).version == versions.get("reads")
    except CorruptError:
        whole = False
    if whole:
        _drop_keys(folder)
        return
    key_files(folder, open_tables(folder, session=session))
    unseal(folder)


def key_files(folder: Path, tables: dict[str, Any]) -> tuple[KeyFile, KeyFile]:
    """Write an open day's key files anew from what its tables hold: read ids, and plates."""
    found = tables["reads"].search().select(["read_id", "plate"]).to_arrow()
    pictured = tables["pictures"].search().select(["read_id"]).to_arrow()
    ids = np.concatenate([id_keys_of(found["read_id"]), id_keys_of(pictured["read_id"])])
    return (
        KeyFile(folder, READ_IDS, keys=ids),
        KeyFile(folder, PLATES, keys=found["plate"].to_numpy()),
    )


def in_order(rows: pa.Table) -> pa.Table:
    """Put rows of the reads table in the order of a sealed day: plate, time, identity."""
    ids = ids_of(rows["read_id"])
    keys = (ids[:, 1], ids[:, 0], rows["captured_us"].to_numpy(), rows["plate"].to_numpy())
    return rows.take(np.lexsort(keys)).combine_chunks()


def _drop_keys(folder: Path) -> None:
    for name in KEY_FILES:
        (folder / name).unlink(missing_ok=True)
    sync_all([folder])
