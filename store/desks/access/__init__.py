"""The desks of authority: `desk` for what is asked first, `urgent` for what cannot wait.

`prompting` says whom a request concerns, `recorded` how every act of theirs goes through the door.
"""

from store.desks.access.desk import AccessDesk
from store.desks.access.urgent import UrgentDesk

__all__ = ["AccessDesk", "UrgentDesk"]
