"""The error tree of the store.

    StoreError
    +-- RefusedError           what a person asked for is not allowed; nothing was done
    +-- InputError             what came in cannot be taken; it was accounted for, nothing was lost
    |   +-- ListError          a file of vehicles of interest, or one row of it
    |   +-- PolicyError        a policy, or a table that one is held against
    +-- UnavailableError       the store cannot do its work now; nothing was half done
    |   +-- AuditUnavailableError  no audit record can be written, so no rows leave
    |   +-- BucketUnavailableError  the object store does not answer, or refuses our keys
    |   +-- CalledOffError     who asked did not want to wait any longer
    |   +-- BusyError          somebody else holds what may be held once (a writer's lock)
    +-- CorruptError           a file of ours is not as we wrote it; says which, and what to do

A message says what was refused, why, and what to do next. It never holds a VRM, a picture or a
secret: messages reach logs, and logs are not audited.
"""

__all__ = [
    "AuditUnavailableError",
    "BucketUnavailableError",
    "BusyError",
    "CalledOffError",
    "CorruptError",
    "InputError",
    "ListError",
    "PolicyError",
    "RefusedError",
    "StoreError",
    "UnavailableError",
]


class StoreError(Exception):
    """Every failure that the store itself reports."""


class RefusedError(StoreError):
    """The law or the policy says no.

    Args:
        message: What was not done, why, and what to do next.
        reason: The policy's reason code, for example "age_over_limit".
    """

    def __init__(self, message: str, *, reason: str = "refused") -> None:
        super().__init__(message)
        self.reason = reason


class InputError(StoreError):
    """Something that came in is malformed; it is accounted for and the rest goes on."""


class PolicyError(InputError):
    """A policy was refused, or a table of decisions that one is held against; none is in force."""


class ListError(InputError):
    """A list of vehicles of interest was refused; the version before stays in force.

    Args:
        message: What was refused, why, and what to do next.
        code: The error code of acceptance form, for example "truncated" or "vrm_empty".
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class UnavailableError(StoreError):
    """The store cannot do its work now."""


class AuditUnavailableError(UnavailableError):
    """No audit record could be written, so nothing may be shown (fail closed)."""


class BucketUnavailableError(UnavailableError):
    """The object store of the archive does not answer, or refuses our keys; the hub goes on."""


class BusyError(UnavailableError):
    """A lock that only one process may hold is held by another."""


class CalledOffError(UnavailableError):
    """Whoever asked called it off; nothing is shown."""


class CorruptError(StoreError):
    """A file of ours is not as we wrote it."""
