"""Make a key where there is none: a new file that its owner alone may read."""

import os
import secrets
from pathlib import Path

from store.errors import RefusedError

__all__ = ["make_key"]


def make_key(path: Path) -> bytes:
    """Write a new key of 256 bits into a new file.

    Args:
        path: The file; its folder is made where it is missing, closed to others.

    Returns:
        The key, 64 hexadecimal digits.

    Raises:
        RefusedError: The file is there already: what was done under it could not be continued.
    """
    made = secrets.token_hex(32).encode()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made + b"\n")
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise RefusedError(
            f"No key was made: {path} is there already. What was sealed or signed under it could "
            "not be continued with another; name a new file.",
            reason="key_exists",
        ) from error
    return made
