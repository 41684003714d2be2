"""A picture as it came, who it is, and what every source of pictures promises."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

__all__ = ["JPEG_QUALITY", "Picture", "Source", "identity"]

JPEG_QUALITY = 92  # of frames we encode; below about 85 thin strokes lose their edges


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of one camera, as it came.

    Attributes:
        frame_id: 32 hexadecimal characters, the same at each replay.
        number: Its place in the order of its source, from 0.
        name: What an operator would look for: a file's name, or the frame's number.
        captured_at: Its time at the camera.
        data: An encoded picture; empty where `refusal` says why there is none.
        refusal: Why it could not be taken; empty otherwise.
        last: Whether nothing follows, so that a passage in view is complete.
    """

    frame_id: str
    number: int
    name: str
    captured_at: datetime
    data: bytes
    refusal: str = ""
    last: bool = False


class Source(Protocol):
    """One feed of pictures.

    Attributes:
        live: The feed goes on whether or not we keep up, so the newest pictures matter most.
        paced: A picture comes at its `captured_at` and not before (rendered feeds).
        stills: Each picture shows another vehicle, so there is no passage to follow.
    """

    live: bool
    paced: bool
    stills: bool

    def pictures(self, *, after: int = -1) -> Iterator[Picture]:
        """Every picture whose number is above `after`, in order."""
        ...


def identity(*parts: str | bytes) -> str:
    """32 hexadecimal characters that name these parts, in this order, and no others."""
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
