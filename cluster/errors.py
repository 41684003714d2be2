"""The error tree of the cluster.

    ClusterError
    +-- ConfigRefusedError   a setting that cannot be; names file and line
    +-- SourceRefusedError   a folder, file or stream that gives no pictures at all
    +-- ClusterDownError     Ray or one of our actors cannot be started or reached

A message says what was refused, why, and what to do next; it never holds a VRM or a picture.
"""

__all__ = ["ClusterDownError", "ClusterError", "ConfigRefusedError", "SourceRefusedError"]


class ClusterError(Exception):
    """Every failure that the cluster itself reports."""


class ConfigRefusedError(ClusterError):
    """A setting, or a file of settings, that cannot be used."""


class SourceRefusedError(ClusterError):
    """A source of pictures that cannot be opened."""


class ClusterDownError(ClusterError):
    """The cluster cannot do its work now."""
