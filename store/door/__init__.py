"""The one way from a person to the data of the hub.

`asking` says what an act asks for and puts it to the rule book; `door` decides, records, lets act,
records again and lets go.
"""

from store.door.asking import SEARCH, SEE, STANDING, Ask, kept
from store.door.door import Changed, Door, Looked, Shown, behind_audit_s, cut_at

__all__ = [
    "SEARCH",
    "SEE",
    "STANDING",
    "Ask",
    "Changed",
    "Door",
    "Looked",
    "Shown",
    "behind_audit_s",
    "cut_at",
    "kept",
]
