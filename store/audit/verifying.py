"""Verify a ledger against itself, its signed checkpoints and a witness."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from store.audit.checkpoints import Checkpoint, checkpoints_of, lines_of, parsed, valid
from store.audit.reading import ledger_of, opened, rows, tip
from store.audit.walking import Finding, Walked, walk
from store.errors import CorruptError, UnavailableError

__all__ = ["Verdict", "verify"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an independent look at a chain showed.

    Attributes:
        walked: The walk itself.
        checkpoints: Signatures that hold, in the state folder.
        witnessed: Signatures that hold, in the witness file.
        agreed: Records under the newest of those.
        signed: Records under the longest of them; what came later could be cut off unseen.
        key: Public key that the signatures were checked against, or None without any.
        findings: What is wrong, the first bad record first; empty where everything holds.
    """

    walked: Walked
    checkpoints: int
    witnessed: int
    agreed: int
    signed: int
    key: bytes | None
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """True where nothing is wrong."""
        return not self.findings


def verify(state: Path, *, witness: Path | None = None, key: bytes | None = None) -> Verdict:
    """Walk the whole chain and compare it with everything that was signed about it.

    Args:
        state: The state folder, or a copy of it.
        witness: The file outside that was only appended to.
        key: Public key that must have signed, 32 bytes. Without it, the key that the witness, or
            else the state folder, names first: then the witness is only as good as its place.

    Raises:
        CorruptError: The file cannot be opened as a ledger at all.
        UnavailableError: There is no ledger or no witness file, or it may not be read.
    """
    if witness is not None and not witness.is_file():
        raise UnavailableError(
            f"Not verified: there is no witness file at {witness}. "
            "Name the file that `anpr hub --witness` appends to."
        )
    inside = list(lines_of(checkpoints_of(state)))
    outside = [] if witness is None else list(lines_of(witness))
    key = key or _first_key(outside) or _first_key(inside)
    ours, bad = _checked(inside, key=key, name="checkpoints of the state folder")
    theirs, worse = _checked(outside, key=key, name="witness")
    everything = sorted({*ours, *theirs}, key=lambda one: one.size)
    with opened(ledger_of(state)) as db:
        walked = walk(rows(db), about={one.size for one in everything})
        newest = _newest(db)
    found = [
        one for one in (_first_difference(walked, everything), walked.finding) if one is not None
    ]
    if not found and (walked.last, walked.tip) != newest:
        found.append(_other_end(walked, newest))
    found.sort(key=lambda one: one.last)
    return Verdict(
        walked=walked,
        checkpoints=len(ours),
        witnessed=len(theirs),
        agreed=max((one.size for one in theirs), default=0),
        signed=everything[-1].size if everything else 0,
        key=key,
        findings=(*found, *bad, *worse),
    )


def _first_key(lines: Iterable[tuple[int, str]]) -> bytes | None:
    checkpoints = (parsed(line) for _, line in lines)
    return next((one.key for one in checkpoints if one is not None), None)


def _checked(
    lines: Iterable[tuple[int, str]], *, key: bytes | None, name: str
) -> tuple[list[Checkpoint], list[Finding]]:
    """Part the checkpoints that the key signed from the lines that prove nothing."""
    good: list[Checkpoint] = []
    bad: list[Finding] = []
    for number, line in lines:
        checkpoint = parsed(line)
        if checkpoint is None or key is None:
            bad.append(Finding("no checkpoint", place=f"{name}, line {number}"))
        elif not valid(checkpoint, key=key):
            bad.append(Finding("its signature is not the key's", place=f"{name}, line {number}"))
        else:
            good.append(checkpoint)
    return good, bad


def _first_difference(walked: Walked, checkpoints: Iterable[Checkpoint]) -> Finding | None:
    """Find the first signed state that the chain is not in; its records hold up to the one before.

    Args:
        walked: The chain as it is.
        checkpoints: What was signed, shortest first.
    """
    agreed = 0
    for one in checkpoints:
        if one.size > walked.last:
            if walked.finding is not None:
                return None  # the walk stopped before it got there, and says where
            return Finding(
                f"missing: {one.size} records were signed, the chain ends after {walked.last}",
                first=walked.last + 1,
                last=walked.last + 1,
            )
        if walked.seen[one.size] != one.tip:
            return Finding(
                "not the chain that was signed: it was hashed anew",
                first=agreed + 1,
                last=one.size,
            )
        agreed = one.size
    return None


def _newest(db: sqlite3.Connection) -> tuple[object, object]:
    """Read what the ledger says is its newest record; what cannot be read is no record."""
    try:
        return tip(db)
    except CorruptError:
        return None, None


def _other_end(walked: Walked, newest: tuple[object, object]) -> Finding:
    said, _ = newest
    at = walked.last + 1
    if isinstance(said, int) and said <= walked.last:
        at = max(1, said)
    return Finding("the ledger names another newest record than the chain has", first=at, last=at)
