"""Take a national extract whole or not at all: header, count, digest, and rows.

    H,PNCX,<sequence>,<made at>,FULL,<number of D>
    D,<16 columns>                                     sorted by PNC ID
    T,<number of D>,<SHA-256, hex, of the D lines with LF in the file's own encoding>

The real layout is not public; this one is ours. A file that was cut, altered or sent again says
so here, and the version before stays in force.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from store.errors import ListError
from store.lists.gathering import Gathered, gather
from store.lists.rows import Fault, RowRules
from store.lists.voi import split

__all__ = ["EXTRACT_MAX_BYTES", "Extract", "is_extract", "read_extract"]

EXTRACT_MAX_BYTES = 512 * 1024 * 1024
"""Larger than any national list: sixteen columns of a million vehicles are about 200 MB."""

_BOM = b"\xef\xbb\xbf"
_START = b"H,PNCX,"
_HEADER = re.compile(rb"H,PNCX,([0-9]{1,9}),[^,]{1,40},FULL,([0-9]{1,9})")
_TRAILER = re.compile(rb"T,([0-9]{1,9}),([0-9a-fA-F]{64})")
_QUOTE_OPEN = Fault("quote_open", "quote is never closed, or text follows a closed one")
_STAYS = "The version before stays in force; ask the sender for the file again."


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract that is whole.

    Attributes:
        sequence: The sender's number; it must be newer than the one in force.
        gathered: Its rows, read.
        note: What is odd about its form, for the load record; empty where nothing.
    """

    sequence: int
    gathered: Gathered
    note: str


def is_extract(start: bytes) -> bool:
    """Tell an extract from a plain list by its first bytes."""
    return start.removeprefix(_BOM).startswith(_START)


def read_extract(data: bytes, *, rules: RowRules) -> Extract:
    """Read an extract.

    Args:
        data: The whole file.
        rules: What its rows are read for.

    Raises:
        ListError: "header", "truncated", "count", "digest" or "framing"; nothing of it counts.
    """
    text, marked = data.removeprefix(_BOM), data.startswith(_BOM)
    lines = [line.removesuffix(b"\r") for line in text.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    header = _HEADER.fullmatch(lines[0]) if lines else None
    if header is None:
        raise ListError(f"Not loaded: the extract's first line is unknown. {_STAYS}", code="header")
    rows = _demand_whole(lines, announced=int(header[2]))
    encoding, note = _encoding(text, marked=marked, crlf=b"\r\n" in text)
    gathered = gather(_records(rows, encoding=encoding), rules=rules)
    return Extract(int(header[1]), gathered, note)


def _demand_whole(lines: Sequence[bytes], *, announced: int) -> Sequence[bytes]:
    """Check the trailer and give the D lines."""
    trailer = _TRAILER.fullmatch(lines[-1])
    if trailer is None:
        raise ListError(
            f"Not loaded: the extract was cut, its last line is missing. {_STAYS}",
            code="truncated",
        )
    rows = lines[1:-1]
    if not all(row.startswith(b"D,") for row in rows):
        raise ListError(
            f"Not loaded: the extract holds a line that is no D line. {_STAYS}", code="framing"
        )
    if not len(rows) == announced == int(trailer[1]):
        raise ListError(
            f"Not loaded: the extract announces {announced} entries and holds {len(rows)}. "
            f"{_STAYS}",
            code="count",
        )
    digest = hashlib.sha256(b"".join(row + b"\n" for row in rows)).hexdigest()
    if not hmac.compare_digest(digest, trailer[2].decode().lower()):
        raise ListError(
            f"Not loaded: the extract is not as its sender wrote it, the digest differs. {_STAYS}",
            code="digest",
        )
    return rows


def _encoding(text: bytes, *, marked: bool, crlf: bool) -> tuple[str, str]:
    """Find the encoding, and say what is odd about the form of the file."""
    odd = ["CRLF line ends"] if crlf else []
    try:
        text.decode()
    except UnicodeDecodeError:
        odd.append(f"{'a UTF-8 mark before ' if marked else ''}Latin-1 text: read as Latin-1")
        return "latin-1", ", ".join(odd)
    if marked:
        odd.append("a UTF-8 mark")
    return "utf-8", ", ".join(odd)


def _records(rows: Sequence[bytes], *, encoding: str) -> Iterator[Sequence[str] | Fault]:
    for row in rows:
        fields = split(row.decode(encoding))
        yield _QUOTE_OPEN if fields is None else fields[1:]
