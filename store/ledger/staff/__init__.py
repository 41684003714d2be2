"""The staff register: who there is, what they may be, and how they prove that it is them.

`register` holds the lines; `founding` begins it with two people, `changes` are proposed by one and
signed by another, `standing` narrows at once; `factors` hold what proves who somebody is;
`publishing` tells sshd; `demonstration` fills the register where nobody is real.
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
