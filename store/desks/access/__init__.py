"""The access desk: `desk` is what officers do about authority, `prompting` whom it concerns."""

from store.desks.access.desk import AccessDesk

__all__ = ["AccessDesk"]
