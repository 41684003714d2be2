"""The writer's heap: what a commit or a compaction took goes back to the system when it is over.

glibc takes large blocks from the system and gives them back when they are freed, but by default it
raises the bound of what counts as large to whatever was freed last, 32 MiB at most. Then the
pictures that a compaction holds for a moment come from the heaps of its threads, dozens of them,
and those keep them: 100 MB more after each compaction of a day's pictures (measured, 80,000
pictures: 367 MB, of which 224 MB were free inside malloc; with the bound held 145 MB).

Smaller blocks come from up to eight heaps for each core, each with holes of its own, and Arrow has
an allocator beside glibc's that keeps what it took: at ten times the usual traffic 90 to 124 MB
within 40 s, and with one heap for all 90 to 103 MB within 70 s (measured).
"""

import ctypes

import pyarrow as pa

__all__ = ["give_back_free_pages", "keep_small"]

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of malloc.h; setting it also stops glibc from moving it."""

_LARGE_BYTES = 128 << 10
"""Where glibc begins."""

_ARENA_MAX = -8
"""M_ARENA_MAX of malloc.h: how many heaps there may be."""


def keep_small() -> bool:
    """Hold the bound of large blocks where it is, and take the others from one heap.

    For all of this process: only the one that writes wants it. Arrays of a search are large as
    well, and asking the system for each anew costs more than it saves.

    Returns:
        Whether this system's malloc took it; another malloc than glibc's has no such bounds.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(
        mallopt(what, value) for what, value in ((_MMAP_THRESHOLD, _LARGE_BYTES), (_ARENA_MAX, 1))
    )


def give_back_free_pages() -> bool:
    """Let the system have the free pages inside the heaps; 0.3 to 0.8 ms once a second (measured).

    Pictures are smaller than a large block and leave holes behind: 20 to 50 MB within two minutes
    of ten times the usual traffic. What takes their place spreads over all holes, so that the more
    of them a compaction left, the more comes back in ten seconds: 2 MB before one, 4 after it.

    Returns:
        Whether there were any; another malloc than glibc's does this by itself or not at all.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
