"""Split a file of vehicles of interest into records: UTF-8, RFC 4180, no header, any size.

A quote that is never closed would swallow the rest of the file. Here it costs its own line: the
lines after it are looked at for the closing quote, within bounds, and read on their own where it
does not make one record of sixteen columns with them.
"""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from store.lists.rows import COLUMNS, Fault

__all__ = ["LINE_MAX_BYTES", "records", "split"]

LINE_MAX_BYTES = 256 * 1024
"""Longest line that is read at all: sixteen fields of 2,000 characters of four bytes, doubled."""

_LOOK_AHEAD_LINES = 16
_BOM = b"\xef\xbb\xbf"

_QUOTE_OPEN = Fault("quote_open", "quote is never closed, or text follows a closed one")
_TOO_LONG = Fault("field_too_long", f"line is longer than {LINE_MAX_BYTES} bytes")
_ENCODING = Fault("encoding", "line is not UTF-8")
_CARRIAGE_RETURN = Fault("control_character", "control character U+000D inside the line")

# The csv module refuses fields over 131,072 characters by itself; a line of ours may be longer,
# and is then rejected by the length of its field, with the others of the file read on.
csv.field_size_limit(LINE_MAX_BYTES)


def records(file: BinaryIO) -> Iterator[Sequence[str] | Fault]:
    """Give the fields of each record, or why a line could not be split; blank lines are none."""
    lines = _lines(file)
    ahead: deque[str | Fault] = deque()
    while True:
        line = ahead.popleft() if ahead else next(lines, None)
        if line is None:
            return
        if isinstance(line, Fault):
            yield line
        elif line:
            yield split(line) or _joined(line, ahead=ahead, lines=lines)


def split(line: str) -> Sequence[str] | None:
    """Split one line into its fields; None where a quote stays open or is misplaced."""
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return None


def _joined(
    line: str, *, ahead: deque[str | Fault], lines: Iterator[str | Fault]
) -> Sequence[str] | Fault:
    """Join a line whose quote stays open with those up to the one that closes it."""
    text, taken = line, 0
    while taken < _LOOK_AHEAD_LINES and len(text) <= LINE_MAX_BYTES:
        if taken == len(ahead):
            following = next(lines, None)
            if following is None:
                break
            ahead.append(following)
        following = ahead[taken]
        if isinstance(following, Fault):
            break
        text, taken = f"{text}\n{following}", taken + 1
        if following.count('"') % 2:
            fields = _split_over_lines(text)
            if fields is not None and len(fields) == COLUMNS:
                for _ in range(taken):
                    ahead.popleft()
                return fields
            break
    return _QUOTE_OPEN


def _split_over_lines(text: str) -> Sequence[str] | None:
    try:
        found = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _lines(file: BinaryIO) -> Iterator[str | Fault]:
    """Read lines within bounds, without their ends."""
    first = True
    while raw := file.readline(LINE_MAX_BYTES):
        whole = raw.endswith(b"\n")
        if not whole and len(raw) == LINE_MAX_BYTES:
            while (rest := file.readline(LINE_MAX_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield _TOO_LONG
            continue
        if first:
            raw, first = raw.removeprefix(_BOM), False
        try:
            line = raw.removesuffix(b"\n").removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            yield _ENCODING
            continue
        yield _CARRIAGE_RETURN if "\r" in line else line
