"""Where tests lay what need not wait for a disk: 300,000 steps of a life make no fsync there."""

from pathlib import Path

__all__ = ["MEMORY"]

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - each has a folder of its own there
"""Folder for `tempfile` that lies in memory; None, for its own choice, where there is none."""
