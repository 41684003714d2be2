"""A film, or a stream, as a camera's feed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2

from cluster.errors import SourceRefusedError
from cluster.sources.picture import JPEG_QUALITY, Picture, identity

__all__ = ["VideoSource"]

STREAM_PAUSE_S = 2.0  # between two tries to open a stream that is away


@dataclass(slots=True)
class VideoSource:
    """The frames of a video file, or of a stream named by its URL.

    A file's frames are dated from its modification time; a stream's are dated as they come, and a
    stream that is away is tried again until nobody asks any more.

    Attributes:
        camera_id: Part of each identity; the other parts are the file and the frame's number.
        place: Path of a file, or URL of a stream.
    """

    camera_id: str
    place: str
    stills: bool = False
    live: bool = False
    paced: bool = False

    def pictures(self, *, after: int = -1) -> Iterator[Picture]:
        """Every frame; a file that ends early ends the feed.

        Raises:
            SourceRefusedError: A file that is no video.
        """
        number = 0
        while True:
            video = cv2.VideoCapture(self.place)
            try:
                if not video.isOpened() and not self.live:
                    raise SourceRefusedError(f"{self.place}: not a video; nothing was read")
                begins_at, rate, mark = self._file_times(video.get(cv2.CAP_PROP_FPS))
                while (found := video.read())[0]:
                    at = (
                        datetime.now(UTC)
                        if self.live
                        else begins_at + timedelta(seconds=number / rate)
                    )
                    if number > after:
                        _, jpeg = cv2.imencode(
                            ".jpg", found[1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
                        )
                        yield Picture(
                            frame_id=identity(self.camera_id, mark or at.isoformat(), str(number)),
                            number=number,
                            name=f"frame {number}",
                            captured_at=at,
                            data=jpeg.tobytes(),
                        )
                    number += 1
            finally:
                video.release()
            if not self.live:
                return
            time.sleep(STREAM_PAUSE_S)

    def _file_times(self, rate: float) -> tuple[datetime, float, str]:
        """When a file begins, its frames a second, and what names it; of a stream nothing."""
        if self.live:
            return datetime.now(UTC), 25.0, ""
        status = Path(self.place).stat()
        begins_at = datetime.fromtimestamp(int(status.st_mtime), tz=UTC)
        return begins_at, rate if 0 < rate <= 1000 else 25.0, f"{self.place}|{status.st_size}"
