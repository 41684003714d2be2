"""Readings, in the order of their frames, become accounts: the one thing a camera tells the store.

The vehicle of one passage is followed here, beside the camera, and not in a recogniser: recognisers
take whatever frame is next, several at once, while a passage is a matter of one camera's order. It
is not done in the recorder either, which would then hold the pixels of every camera.
"""

import math
from datetime import UTC, datetime
from typing import Protocol

import cv2
import numpy as np

from cluster.leases import Answer, Arrival
from cluster.sources import identity
from recognition.frame import Frame, Image, decode
from recognition.grammar.regions import ANYWHERE, Region
from recognition.grammar.syntax import Grammar
from recognition.passages.passage import Following, PassageTracker, Sighting, stills
from store.terms import Account, Outcome, Read

__all__ = ["Accounts", "PassageAccounts", "StillAccounts"]

NO_PIXELS = Frame(np.zeros((1, 1, 3), np.uint8))  # a frame without a plate is not decoded again
JPEG_QUALITY = 88  # evidence is looked at, not read again; 95 doubles the day's tables


class Accounts(Protocol):
    """What turns answers into accounts."""

    def account(self, arrival: Arrival, answer: Answer) -> Account:
        """The account of one frame; called in the order of the frames."""
        ...

    @property
    def between_passages(self) -> bool:
        """Whether a replay that begins at the next frame gives the same reads."""
        ...


class StillAccounts:
    """Accounts of pictures that have nothing to do with each other: a read for each plate."""

    between_passages = True

    def __init__(self, *, camera_id: str, controller: str) -> None:
        """Account for a camera of a force."""
        self._camera = (camera_id, controller)

    def account(self, arrival: Arrival, answer: Answer) -> Account:
        """Identity of a read: the picture's and the plate's place among its plates."""
        if answer.reading is None or not answer.reading.plates:
            return _account(self._camera[0], arrival, answer)
        picture = arrival.picture
        sightings = stills(answer.reading, frame=decode(picture.data))
        reads = tuple(
            _read(
                sighting,
                camera=self._camera,
                read_id=identity(self._camera[0], picture.frame_id, str(index)),
                captured_at=picture.captured_at,
            )
            for index, sighting in enumerate(sightings)
        )
        return _account(self._camera[0], arrival, answer, reads=reads)


class PassageAccounts:
    """Accounts of a feed: its frames vote on each vehicle that passes."""

    def __init__(self, *, camera_id: str, controller: str, region: Region = ANYWHERE) -> None:
        """Account for a camera of a force, whose own memory tags weigh more."""
        self._camera = (camera_id, controller)
        self._following = Following()
        self._tracker = PassageTracker(
            camera_id=camera_id, grammar=Grammar(region=region), following=self._following
        )
        self._plate_seen_s = -math.inf
        self._at_s = -math.inf

    @property
    def between_passages(self) -> bool:
        """Whether the road has been empty for so long that every passage is settled."""
        return self._at_s - self._plate_seen_s > self._following.gone_s

    def account(self, arrival: Arrival, answer: Answer) -> Account:
        """Identity of a read: the camera and the start of the passage."""
        sights: tuple[Sighting, ...] = ()
        settled: tuple[Sighting, ...] = ()
        picture = arrival.picture
        if answer.reading is not None:
            # A camera whose clock is set back must not stop its own tracker.
            self._at_s = max(self._at_s, picture.captured_at.timestamp())
            if answer.reading.plates:
                self._plate_seen_s = self._at_s
            frame = decode(picture.data) if answer.reading.plates else NO_PIXELS
            news = self._tracker.follow(answer.reading, frame=frame, at_s=self._at_s)
            sights, settled = news.first, news.settled
        if picture.last:
            ending = self._tracker.finish()
            sights, settled = sights + ending.first, settled + ending.settled
        return _account(
            self._camera[0],
            arrival,
            answer,
            reads=tuple(self._passage_read(sighting) for sighting in settled),
            sights=tuple(self._passage_read(sighting) for sighting in sights),
        )

    def _passage_read(self, sighting: Sighting) -> Read:
        start_us = round(sighting.passage_start_s * 1e6)
        return _read(
            sighting,
            camera=self._camera,
            read_id=identity(self._camera[0], str(start_us), str(sighting.index)),
            captured_at=datetime.fromtimestamp(sighting.at_s, tz=UTC),
        )


def _account(
    camera_id: str,
    arrival: Arrival,
    answer: Answer,
    *,
    reads: tuple[Read, ...] = (),
    sights: tuple[Read, ...] = (),
) -> Account:
    if answer.reading is None:
        outcome = Outcome.REFUSED
    else:
        outcome = Outcome.READ if answer.reading.plates else Outcome.NO_PLATE
    return Account(
        frame_id=arrival.picture.frame_id,
        camera_id=camera_id,
        captured_at=arrival.picture.captured_at,
        received_at=datetime.fromtimestamp(arrival.received_s, tz=UTC),
        outcome=outcome,
        reason=answer.refusal,
        reads=reads,
        sights=sights,
    )


def _read(
    sighting: Sighting, *, camera: tuple[str, str], read_id: str, captured_at: datetime
) -> Read:
    return Read(
        read_id=read_id,
        camera_id=camera[0],
        controller=camera[1],
        captured_at=captured_at,
        vrm_raw=sighting.raw,
        vrm=sighting.vrm,
        fold=sighting.fold,
        confidence=sighting.confidence,
        repaired=sighting.repaired,
        candidates=sighting.candidates,
        direction=sighting.direction,
        frames=sighting.frames,
        plate_jpeg=_jpeg(sighting.plate_patch),
        vehicle_jpeg=_jpeg(sighting.vehicle_picture),
    )


def _jpeg(image: Image) -> bytes:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
