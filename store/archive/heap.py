"""The writer's heap: what a compaction took goes back to the system when it is over.

glibc takes large blocks from the system and gives them back when they are freed, but by default it
raises the bound of what counts as large to whatever was freed last, 32 MiB at most. Then the
pictures that a compaction holds for a moment come from the heaps of its threads, dozens of them,
and those keep them: 100 MB more after each compaction of a day's pictures (measured, 80,000
pictures: 367 MB, of which 224 MB were free inside malloc; with the bound held 145 MB).
"""

import ctypes

__all__ = ["give_back_free_pages", "give_back_large_blocks"]

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of malloc.h; setting it also stops glibc from moving it."""

_LARGE_BYTES = 128 << 10
"""Where glibc begins."""


def give_back_large_blocks() -> bool:
    """Hold the bound of large blocks where it is, for all of this process.

    Only the process that writes wants it: arrays of a search are large as well, and asking the
    system for each anew costs more than it saves.

    Returns:
        Whether this system's malloc took it; another malloc than glibc's has no such bound.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_MMAP_THRESHOLD, _LARGE_BYTES))


def give_back_free_pages() -> bool:
    """Let the system have the free pages inside the heaps; some milliseconds.

    Pictures are smaller than a large block and leave holes behind: 20 to 50 MB within two minutes
    of ten times the usual traffic (measured).

    Returns:
        Whether there were any; another malloc than glibc's does this by itself or not at all.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
