"""What may be accepted at all, and what is accounted for as refused because of its dates."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime

from store.archive.days.rows import DIRECTIONS, read_id_bytes
from store.archive.plates import pack
from store.errors import InputError
from store.governance.clocks import misdated
from store.governance.rulebook.figures import Figures
from store.ledger.instants import to_us
from store.terms import Account, Outcome
from store.vrm import fold

__all__ = ["dated", "demand_sound"]

log = logging.getLogger(__name__)

_FRAMES_MAX = 2**31 - 1


def demand_sound(account: Account) -> None:
    """Refuse what the archive could not keep, before anything of the batch is written.

    Raises:
        InputError: A picture without identity, a time without zone or before 1970, a read id or a
            mark that is none, a fold or a direction that is not of this hub.
    """
    if not account.frame_id or not account.camera_id:
        raise InputError("Nothing was accepted: an account names its camera and its picture.")
    for at in (account.captured_at, account.received_at):
        _demand_time(at)
    for read in (*account.reads, *account.sights):
        _demand_time(read.captured_at)
        read_id_bytes(read.read_id)
        if not pack(read.fold):
            raise InputError(
                "Nothing was accepted: a read has a mark. Give the picture as one without a plate."
            )
        if read.fold != fold(read.vrm):
            raise InputError("Nothing was accepted: the fold of a read is made from its mark.")
        if read.direction not in DIRECTIONS:
            raise InputError(f"Nothing was accepted: a direction is {' or '.join(DIRECTIONS)}.")
        if not 0 <= read.frames <= _FRAMES_MAX:
            raise InputError("Nothing was accepted: a read counts its frames from 0 to 2**31 - 1.")


def dated(account: Account, *, figures: Figures, oldest: date) -> Account:
    """Give an account as it is, or as one of refusal where a date of it cannot be right.

    Args:
        account: As its camera gave it.
        figures: The policy in force: what clocks are believed, how long reads are kept.
        oldest: First day that the newest weeding kept.
    """
    reads = (*account.reads, *account.sights)
    for captured_at in (account.captured_at, *(read.captured_at for read in reads)):
        why = misdated(captured_at, received_at=account.received_at, policy=figures)
        if not why and captured_at.astimezone(UTC).date() < oldest:
            why = "captured on a day that has been weeded since: set the camera's clock"
        if why:
            log.warning("a picture of %s was refused: %s", account.camera_id, why)
            return replace(account, outcome=Outcome.REFUSED, reason=why, reads=(), sights=())
    return account


def _demand_time(at: datetime) -> None:
    if at.tzinfo is None or to_us(at) < 0:
        raise InputError(
            "Nothing was accepted: a time has a zone and is after 1970. Set the camera's clock."
        )
