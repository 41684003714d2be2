"""That somebody has just proved who they are."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Proof"]


@dataclass(frozen=True, slots=True)
class Proof:
    """A passphrase and a fresh code, given together a moment ago.

    Attributes:
        staff_id: Whose.
        key_fingerprint: The key that signs them on; two people never share one.
        factor_id: The second factor; two people never share one.
        at: When, for nobody is asked twice within five minutes.
    """

    staff_id: str
    key_fingerprint: str
    factor_id: str
    at: datetime
