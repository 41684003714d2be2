"""Looking a hub over while it runs: nothing is written, and every trouble says what to do."""

from store.checkup.checking import Check, look_over

__all__ = ["Check", "look_over"]
