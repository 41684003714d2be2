"""A folder of pictures as a camera's feed."""

import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cluster.errors import SourceRefusedError
from cluster.sources.picture import Picture, identity

__all__ = ["FolderSource"]

LARGEST_BYTES = 64 << 20  # a picture of a camera is under 5 MB; a film named .jpg is not read


@dataclass(slots=True)
class FolderSource:
    """Every file of a folder and of the folders in it, in the order of their names.

    A file of any name counts: one that is no picture is refused with its reason, so that the
    counts add up to the number of files. Time: the oldest file's, plus `_tNNN` seconds where the
    names say so, plus the place in the order at `rate` pictures a second where they do not.

    Attributes:
        camera_id: Part of each identity; the other parts are the file's name and content.
        folder: The folder, or one file.
        rate: Pictures a second.
        stills: See `Source`.
    """

    camera_id: str
    folder: Path
    rate: float = 1.0
    stills: bool = True
    live: bool = False
    paced: bool = False

    def files(self) -> list[Path]:
        """All files, as they stand now.

        Raises:
            SourceRefusedError: There is no such folder or file, or it may not be looked into.
        """
        if not self.folder.is_dir():
            if self.folder.exists():
                return [self.folder]
            raise SourceRefusedError(f"{self.folder}: no such folder or file; nothing was read")
        try:
            next(self.folder.iterdir(), None)
        except OSError as error:
            raise SourceRefusedError(f"{self.folder}: {error.strerror}; nothing read") from error
        shut: list[Path] = []
        walk = os.walk(self.folder, onerror=lambda error: shut.append(Path(error.filename)))
        return sorted([Path(where, name) for where, _, names in walk for name in names] + shut)

    def pictures(self, *, after: int = -1) -> Iterator[Picture]:
        """Every file as a picture; one that is gone or unreadable by then says so."""
        files = self.files()
        starts_at = _oldest(files)
        for number, path in enumerate(files):
            if number > after:
                yield self._picture(path, number=number, starts_at=starts_at)

    def _picture(self, path: Path, *, number: int, starts_at: datetime) -> Picture:
        name = path.name if path == self.folder else str(path.relative_to(self.folder))
        said = re.search(r"_t(\d{1,9})(?!\d)", path.stem)
        offset_s = float(said[1]) if said else number / self.rate
        data, refusal = b"", ""
        try:
            # A pipe or a device would be waited for without end: look before opening.
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                refusal = "a folder that cannot be looked into"
            elif not stat.S_ISREG(status.st_mode):
                refusal = "not a regular file"
            elif status.st_size > LARGEST_BYTES:
                refusal = f"larger than {LARGEST_BYTES >> 20} MiB"
            else:
                data = path.read_bytes()
                refusal = "" if data else "the file is empty"
        except OSError as error:
            refusal = f"cannot be read, {error.strerror}"
        return Picture(
            frame_id=identity(self.camera_id, name, data if data else refusal),
            number=number,
            name=name,
            captured_at=starts_at + timedelta(seconds=offset_s),
            data=data,
            refusal=refusal,
        )


def _oldest(files: list[Path]) -> datetime:
    """Modification time of the oldest file, in whole seconds; now for a folder that has none."""
    times = []
    for path in files:
        try:
            times.append(path.stat().st_mtime)
        except OSError:  # gone, or a dangling link: its picture will say so
            continue
    return datetime.fromtimestamp(int(min(times, default=time.time())), tz=UTC)
