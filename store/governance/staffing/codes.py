"""Codes of a second factor (TOTP, RFC 6238): which count, and for how long."""

import hmac
import secrets
from datetime import datetime

import pyotp

__all__ = ["ATTEMPTS", "STEP_S", "accepted_step", "invitation", "new_seed", "new_word", "step_at"]

STEP_S = 30
"""Life of a code; the code before and the one after count too, for clocks differ."""

ATTEMPTS = 5
"""So many failures lock the factor until another person unlocks it."""

_DIGITS = 6
_WORD_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another


def new_seed() -> str:
    """Make a seed of 160 bits, in base32."""
    return pyotp.random_base32(32)


def invitation(seed: str, *, staff_id: str, hub: str) -> str:
    """Give the address that authenticators take a seed from; as secret as the seed."""
    return pyotp.TOTP(seed).provisioning_uri(name=staff_id, issuer_name=hub)


def step_at(now: datetime) -> int:
    """Give the number of the half minute."""
    return int(now.timestamp()) // STEP_S


def accepted_step(code: str, *, seed: str, now: datetime, used: int) -> int | None:
    """Say which half minute a code belongs to, or None where it does not count.

    Args:
        code: As typed; blanks do not matter.
        seed: Base32.
        now: When it was typed.
        used: The newest half minute whose code was taken: it and older ones never count again.
    """
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    totp, here = pyotp.TOTP(seed), step_at(now)
    fitting = None
    for step in (here - 1, here, here + 1):  # all three, so that time tells nothing
        right = hmac.compare_digest(totp.generate_otp(max(step, 0)), digits)
        if right and step > used:
            fitting = step
    return fitting


def new_word() -> str:
    """Make a word that one person hands to another: 16 letters and digits, 79 bits."""
    drawn = "".join(secrets.choice(_WORD_LETTERS) for _ in range(16))
    return "-".join(drawn[at : at + 4] for at in range(0, 16, 4))
