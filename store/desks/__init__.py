"""What people do, one desk a file. Every desk sends every act through the door."""

from store.desks.hall import Desks, open_desks

__all__ = ["Desks", "open_desks"]
