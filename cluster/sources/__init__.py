"""Where pictures come from: a folder, a video file or stream, the renderer.

A source gives each picture an identity and a time that are the same at every replay, so that what
was killed half-way can be started again and nothing is read twice. What cannot be read is a
picture too: one with a reason in place of its bytes.
"""

from pathlib import Path

from cluster.errors import SourceRefusedError
from cluster.sources.folder import FolderSource
from cluster.sources.picture import Picture, Source, identity
from cluster.sources.video import VideoSource

__all__ = ["FolderSource", "Picture", "Source", "VideoSource", "identity", "open_source"]

VIDEO_SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm"})


def open_source(place: str, *, camera_id: str, rate: float, stills: bool) -> Source:
    """The source that a place names: a stream's URL, a video file, else a folder or picture."""
    if "://" in place:
        return VideoSource(camera_id=camera_id, place=place, live=True)
    path = Path(place).expanduser()
    if path.suffix.lower() in VIDEO_SUFFIXES and not path.is_dir():
        if not path.exists():
            raise SourceRefusedError(f"{path}: no such file; nothing was read")
        return VideoSource(camera_id=camera_id, place=str(path))
    return FolderSource(camera_id=camera_id, folder=path, rate=rate, stills=stills)
