"""Sources: the same identities at every replay, and a reason for all that cannot be read."""

import os
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from cluster.errors import SourceRefusedError
from cluster.sources import FolderSource, VideoSource, identity, open_source


def folder_source(folder: Path, **settings) -> FolderSource:
    return FolderSource(camera_id="NS-C01", folder=folder, **settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five files, one of them empty and one in a folder of its own."""
    place = tmp_path / "feed"
    (place / "more").mkdir(parents=True)
    for name in ("b.jpg", "a.jpg", "more/c.jpg", "notes.txt"):
        (place / name).write_bytes(name.encode())
    (place / "empty.jpg").touch()
    return place


def test_every_file_is_a_picture_in_the_order_of_its_name(folder: Path):
    pictures = list(folder_source(folder).pictures())
    assert [p.name for p in pictures] == ["a.jpg", "b.jpg", "empty.jpg", "more/c.jpg", "notes.txt"]
    assert [p.number for p in pictures] == [0, 1, 2, 3, 4]
    assert [p.refusal for p in pictures] == ["", "", "the file is empty", "", ""]
    assert pictures[0].data == b"a.jpg"


def test_a_replay_gives_the_same_identities_and_times(folder: Path):
    assert list(folder_source(folder).pictures()) == list(folder_source(folder).pictures())


def test_identity_is_of_camera_name_and_content(folder: Path):
    before = {p.name: p.frame_id for p in folder_source(folder).pictures()}
    elsewhere = FolderSource(camera_id="NS-C02", folder=folder)
    assert not set(before.values()) & {p.frame_id for p in elsewhere.pictures()}
    (folder / "a.jpg").write_bytes(b"another picture")
    after = {p.name: p.frame_id for p in folder_source(folder).pictures()}
    assert [name for name in before if before[name] != after[name]] == ["a.jpg"]
    assert len(set(after.values())) == 5


def test_parts_of_an_identity_do_not_run_into_each_other():
    assert identity("ab", "c") != identity("a", "bc") != identity("abc")
    assert len(identity("a")) == 32


def test_a_replay_can_begin_after_a_picture(folder: Path):
    every = list(folder_source(folder).pictures())
    assert list(folder_source(folder).pictures(after=2)) == every[3:]


def test_time_is_in_the_name_or_else_the_order(folder: Path, tmp_path: Path):
    for path in folder.rglob("*.*"):
        os.utime(path, (1_790_000_000, 1_790_000_000))
    times = [p.captured_at for p in folder_source(folder, rate=2.0).pictures()]
    assert times[0].timestamp() == 1_790_000_000
    assert {after - before for before, after in pairwise(times)} == {timedelta(seconds=0.5)}
    timed = tmp_path / "timed"
    timed.mkdir()
    for name in ("x_t007.jpg", "x_t090_b.jpg"):
        (timed / name).write_bytes(b"x")
        os.utime(timed / name, (1_790_000_000, 1_790_000_000))
    times = [p.captured_at.timestamp() for p in folder_source(timed).pictures()]
    assert times == [1_790_000_007, 1_790_000_090]


def test_what_is_no_file_is_refused_without_waiting_for_it(folder: Path):
    os.mkfifo(folder / "pipe.jpg")
    (folder / "dangling.jpg").symlink_to(folder / "nowhere")
    refusals = {p.name: p.refusal for p in folder_source(folder).pictures()}
    assert refusals["pipe.jpg"] == "not a regular file"
    assert refusals["dangling.jpg"] == "cannot be read, No such file or directory"


def test_a_folder_that_vanishes_half_way_gives_a_reason_for_each_file(folder: Path):
    pictures = folder_source(folder).pictures()
    assert next(pictures).refusal == ""
    folder.rename(folder.with_name("gone"))
    rest = list(pictures)
    assert [p.refusal for p in rest] == ["cannot be read, No such file or directory"] * 4
    assert len({p.frame_id for p in rest}) == 4


def test_one_picture_is_a_feed_too(folder: Path):
    (picture,) = folder_source(folder / "a.jpg").pictures()
    assert (picture.name, picture.data) == ("a.jpg", b"a.jpg")


@pytest.mark.parametrize("place", ["nowhere", "nowhere.mp4"])
def test_a_source_that_is_not_there_is_refused(tmp_path: Path, place: str):
    with pytest.raises(SourceRefusedError, match="nothing was read"):
        list(
            open_source(str(tmp_path / place), camera_id="NS-C01", rate=1.0, stills=True).pictures()
        )


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Six frames at 5 a second, each of its own grey."""
    path = tmp_path / "feed.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (64, 48))
    for grey in range(6):
        writer.write(np.full((48, 64, 3), 40 * grey, np.uint8))
    writer.release()
    return path


def test_a_video_gives_its_frames_with_their_times(video: Path):
    source = open_source(str(video), camera_id="NS-C01", rate=1.0, stills=False)
    pictures = list(source.pictures())
    assert len(pictures) == 6
    assert pictures[5].captured_at - pictures[0].captured_at == timedelta(seconds=1)
    greys = [cv2.imdecode(np.frombuffer(p.data, np.uint8), 1).mean() for p in pictures]
    assert greys == sorted(greys)
    assert list(source.pictures()) == pictures
    assert list(source.pictures(after=3)) == pictures[4:]


def test_a_file_that_is_no_video_is_refused(tmp_path: Path):
    path = tmp_path / "feed.mp4"
    path.write_bytes(b"not a video at all" * 99)
    with pytest.raises(SourceRefusedError, match="not a video"):
        list(VideoSource(camera_id="NS-C01", place=str(path)).pictures())
