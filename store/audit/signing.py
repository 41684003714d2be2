"""The signer: signs that the chain has grown, and refuses to sign that it is another one."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.audit.checkpoints import (
    Checkpoint,
    append,
    checkpoints_of,
    last_of,
    public_key,
    signed,
    valid,
)
from store.audit.reading import ledger_of, opened, rows, tip
from store.audit.walking import walk
from store.disk import in_turn
from store.errors import CorruptError, UnavailableError

__all__ = ["Signer"]


class Signer:
    """Signs checkpoints of one ledger into the state folder and a witness.

    It keeps the last it signed in memory and in both files and goes by the longest of the three:
    putting an old copy of the whole state folder back does not make it forget.
    """

    def __init__(self, state: Path, *, key: Ed25519PrivateKey, witness: Path | None = None) -> None:
        """Signs with this key.

        Args:
            state: The state folder.
            key: The signing key.
            witness: A file outside the state folder, best on another machine's disk.
        """
        self._ledger = ledger_of(state)
        self._file = checkpoints_of(state)
        self._witness = witness
        self._key = key
        self._last: Checkpoint | None = None

    @property
    def last(self) -> Checkpoint | None:
        """The newest checkpoint this signer knows of."""
        return self._last

    def records(self) -> int:
        """Say how many records the ledger says it has.

        Raises:
            CorruptError: It does not say a number.
            UnavailableError: The ledger cannot be read.
        """
        with opened(self._ledger) as db:
            size, _ = tip(db)
        if not isinstance(size, int):
            raise CorruptError(_refusal("the ledger does not say how many records it has"))
        return size

    def sign(self, *, now: datetime) -> Checkpoint | None:
        """Sign what was written since the last checkpoint; only those records are walked.

        Args:
            now: When.

        Returns:
            The checkpoint, or None where nothing was written since the last.

        Raises:
            CorruptError: The chain is shorter than what was signed before, does not begin with
                it, or is broken behind it; or a checkpoint was signed by another key. Nothing was
                signed.
            UnavailableError: The ledger cannot be read or a file not be written.
        """
        with in_turn(self._file, not_done="Nothing was signed"):
            witnessed, trouble = self._witnessed()
            last = self._longest(last_of(self._file), witnessed)
            size, hashed = self._grown(last)
            made = None
            if size > (0 if last is None else last.size):
                made = last = signed(size, tip=hashed, now=now, key=self._key)
                append(self._file, made)
            self._last = last
            if trouble is not None:
                raise trouble
            # Also where nothing is new: the witness may have been out of reach the last time.
            if self._witness is not None and last is not None and witnessed != last:
                append(self._witness, last)
            return made

    def _witnessed(self) -> tuple[Checkpoint | None, UnavailableError | None]:
        """Read the witness; where it is out of reach the chain is signed without it meanwhile."""
        try:
            return (None if self._witness is None else last_of(self._witness)), None
        except UnavailableError as trouble:
            return None, trouble

    def _longest(self, *kept: Checkpoint | None) -> Checkpoint | None:
        mine = public_key(self._key)
        known = [one for one in (self._last, *kept) if one is not None]
        if not all(valid(one, key=mine) for one in known):
            raise CorruptError(
                _refusal("the last checkpoint was not signed by this key, or was changed")
            )
        return max(known, key=lambda one: one.size, default=None)

    def _grown(self, last: Checkpoint | None) -> tuple[int, bytes]:
        """Walk from the last checkpoint to the tip and give its number and hash."""
        with opened(self._ledger) as db:
            newest = tip(db)
            if last is None:
                walked = walk(rows(db))
            else:
                kept = db.execute("SELECT hash FROM audit WHERE seq = ?", (last.size,)).fetchone()
                if kept is None or kept[0] != last.tip:
                    raise CorruptError(
                        _refusal(f"it no longer begins with the {last.size} records signed before")
                    )
                walked = walk(rows(db, first=last.size + 1), before=last.tip, first=last.size + 1)
        if walked.finding is not None:
            raise CorruptError(_refusal(str(walked.finding)))
        if (walked.last, walked.tip) != newest:
            raise CorruptError(_refusal(f"it does not end at record {walked.last} as it must"))
        return walked.last, walked.tip


def _refusal(why: str) -> str:
    return (
        f"The audit chain was not signed: {why}. Keep the state folder as it is and run "
        "`anpr audit verify` with the witness file; tell the auditor."
    )
