"""Looking a hub over while it runs: nothing is written, and every trouble says what to do."""

from store.checkup.check import Check
from store.checkup.checking import look_over

__all__ = ["Check", "look_over"]
