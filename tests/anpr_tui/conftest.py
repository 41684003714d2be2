"""Fixtures of the console's tests: the real hub is the one the store's tests sit at."""

from tests.store.conftest import rig, socket_path

__all__ = ["rig", "socket_path"]
