"""The staff register: who there is, what they may be, and how they prove that it is them.

`register` holds the lines, `demonstration` fills them where nobody is real.
"""

from store.ledger.staff.demonstration import enrol
from store.ledger.staff.register import (
    Member,
    RoleState,
    StaffState,
    by_id,
    every,
    put,
    training,
)

__all__ = ["Member", "RoleState", "StaffState", "by_id", "enrol", "every", "put", "training"]
