"""The one way from a person to the data of the hub.

`asking` says what an act asks for, `deciding` puts it to the rule book, `door` records it, lets
act, records again and lets go.
"""

from store.door.asking import SEARCH, SEE, STANDING, Ask
from store.door.deciding import Decided
from store.door.door import (
    Changed,
    Door,
    Looked,
    Shown,
    behind_audit_s,
    cut_at,
    demanded,
)

__all__ = [
    "SEARCH",
    "SEE",
    "STANDING",
    "Ask",
    "Changed",
    "Decided",
    "Door",
    "Looked",
    "Shown",
    "behind_audit_s",
    "cut_at",
    "demanded",
]
