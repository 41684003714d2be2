"""The desks as seen from a console; light: it knows the socket and the terms, and holds no key.

`hub` is the connection and most acts, `authority` and `audit` what is asked of those desks.
"""

from store.client.hub import HubClient

__all__ = ["HubClient"]
