"""The cluster: Ray actors that carry frames from cameras to readings to the store's intake.

Ray reads its settings when it is imported. So they are set here, before any module of this package
can import it; they were measured with Ray 2.60 on two shared cores.
"""

import os

os.environ.update(
    {
        # Every connection shows a token; ray_local writes one for each start.
        "RAY_AUTH_MODE": "token",
        # A frame travels inside its message up to 4 MB: a 300 KB argument 3.3 -> 1.3 ms.
        "RAY_max_direct_call_object_size": "4000000",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    }
)
