"""Policies that are put into force in a test's ledger, as a signed load would."""

import hashlib
from datetime import datetime
from importlib import resources

from store.governance.rulebook.loading import load
from store.ledger.ledger import Ledger
from store.ledger.rules import policies

__all__ = ["CARRIED", "HOLDS_BY_ROLE", "TWO_YEARS", "in_force"]

CARRIED = resources.files("store.governance").joinpath("policy.toml").read_text("utf-8")

TWO_YEARS = (("reads_s = 31536000 ", "reads_s = 63072000 "),)
"""Reads are kept for 24 months, so that there are reads older than 12."""

HOLDS_BY_ROLE = (
    ('search_evidential_hold = { grant = ["RES", "AM"]', 'search_evidential_hold = { do = ["AM"]'),
    ('authority = "anpr_manager+case_owner"        # std D\nauthorisers = 2   ', ""),
    ('signed_by = ["AM"]  ', "# "),
)
"""ANPR managers open what is held for a case by their role, without two signatures."""


def in_force(
    ledger: Ledger, *changes: tuple[str, str], version: str = "2026-11-22-test", now: datetime
) -> None:
    """Put the carried policy into force with some of its text changed, each exactly once."""
    text = CARRIED.replace('version = "2026-11-22"', f'version = "{version}"')
    for good, bad in changes:
        assert text.count(good) == 1, good
        text = text.replace(good, bad)
    with ledger.transaction() as tx:
        policies.put(
            tx,
            load(text),
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            signature=b"of a test",
            by="NS0001",
            now=now,
        )
