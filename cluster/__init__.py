"""The cluster: Ray actors that carry frames from cameras to readings to the store's intake.

Ray reads its settings when it is imported. So they are set here, before any module of this package
can import it; they were measured with Ray 2.60 on two shared cores. glibc reads its own when a
process starts: the actors have them, and this process has not.
"""

import os

MEMORY = {
    "GLIBC_TUNABLES": ":".join(
        f"glibc.malloc.{name}" for name in ("arena_max=1", "tcache_max=256", "tcache_count=2")
    ),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "LANCE_DEFAULT_FRAGMENT_READAHEAD": "1",
}
"""One heap for all threads of a process, next to nothing that each keeps back for itself, and no
allocator beside it: dozens of LanceDB's threads held up to 230 KB each, scattered, so that no page
around it was ever free. The recorder at ten times its traffic for 70 s: 109 MB without, 100 MB with
it. Of each size a thread keeps two blocks, not seven; with none, the slowest acknowledgements took
half as long again (measured).

LanceDB opens one file after the other: a compaction of 720 commits with pictures left 3 MB of holes
in place of 13, and took 2.8 s in place of 3.4."""

os.environ.update(
    {
        **MEMORY,
        # Every connection shows a token; ray_local writes one for each start.
        "RAY_AUTH_MODE": "token",
        # A frame travels inside its message up to 4 MB: a 300 KB argument 3.3 -> 1.3 ms.
        "RAY_max_direct_call_object_size": "4000000",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    }
)
