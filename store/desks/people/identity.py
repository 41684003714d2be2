"""Who somebody is, proved again: before they authorise, export, or change the register."""

from collections.abc import Callable
from datetime import datetime, timedelta

from store.errors import UnavailableError
from store.governance.access.requests import Proof
from store.governance.rulebook.nouns import Fact
from store.ledger.ledger import Ledger
from store.ledger.staff import factors
from store.secrets.sealing import KEY_NAME, Sealing
from store.terms import Officer

__all__ = ["Identity", "proof_age"]


class Identity:
    """Takes a passphrase and a code, and gives a proof that other desks hold for a few minutes.

    Args:
        ledger: Where the register is.
        sealing: Opens the seeds of second factors; None where this hub has no key for it.
    """

    def __init__(self, *, ledger: Ledger, sealing: Callable[[], Sealing] | None) -> None:
        self._ledger = ledger
        self._sealing = sealing

    def sealing(self) -> Sealing:
        """Give what opens the seeds.

        Raises:
            UnavailableError: This hub has no key for them.
            RefusedError: The key is kept where others may read it, or is none.
        """
        if self._sealing is None:
            raise UnavailableError(
                f"Not possible at this hub: it has no secret {KEY_NAME}, so nobody can prove who "
                "they are. Make one with `anpr staff new-key` before the register is founded."
            )
        return self._sealing()

    def reauthenticate(self, staff_id: str, *, passphrase: str, code: str, now: datetime) -> Proof:
        """Hold what somebody typed against the register; audited, right or wrong.

        Raises:
            RefusedError: Wrong, used before, or locked (reason "reauthentication").
            UnavailableError: This hub cannot open second factors.
            AuditUnavailableError: It could not be written down.
        """
        return factors.prove(
            self._ledger,
            staff_id,
            passphrase=passphrase,
            code=code,
            sealing=self.sealing(),
            now=now,
        )


def proof_age(proof: Proof, officer: Officer, *, now: datetime) -> dict[str, Fact]:
    """Tell the rule book how old a proof is; somebody else's is none."""
    if proof.staff_id != officer.staff_id or proof.at > now:
        return {}
    return {"reauth_age_s": -((proof.at - now) // timedelta(seconds=1))}
