"""The hub's socket: consoles come in here, and reach the desks and nothing else.

`listener` claims the socket and says who may knock; a `session` is one console; its asks go over
the `counter` to the desks; the `feed` tells what happens; `hub` is the thread that holds them;
`faults` keeps what was searched out of the log.
"""

from store.server.hub import HubServer
from store.server.listener import ConsoleAccount

__all__ = ["ConsoleAccount", "HubServer"]
