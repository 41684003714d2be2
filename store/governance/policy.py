"""The figures of the policy that this program carries.

Whoever has the ledger at hand asks it for those in force instead: `store.ledger.rules.policies`.
"""

from store.governance.rulebook.loading import carried

__all__ = ["POLICY"]

POLICY = carried().figures
"""In force where no other policy was loaded."""
