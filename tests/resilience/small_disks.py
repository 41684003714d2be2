"""Disks of a few megabytes, so that a full one is a real one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["grow", "small_disk"]


@contextmanager
def small_disk(mounted: Path, *, size_mb: int) -> Iterator[Path]:
    """Mount a small disk for as long as the block lasts; skips where that is not allowed."""
    mounted.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=700", "tmpfs", str(mounted)]
    if os.geteuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("only root may mount a small disk here")
    try:
        yield mounted
    finally:
        subprocess.run(["umount", "--lazy", str(mounted)], check=True)


def grow(mounted: Path, *, size_mb: int) -> None:
    """Make room."""
    command = ["mount", "-o", f"remount,size={size_mb}m", str(mounted)]
    subprocess.run(command, check=True)
