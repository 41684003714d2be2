"""The actors of one hub: started, placed, watched, stopped.

    camera, camera, ...   one a feed; holds frames until they are accounted for
    recogniser, ...       as many as there are workers; pulls from every camera
    recorder              one, on the hub's machine; the only way into the store

All of them come back by themselves when they are killed (max_restarts=-1); nobody has to ask. They
find each other by name: a handle among the arguments of an actor may be lost when it restarts
(ray#53727).
Ray counts no cores here: every actor asks for none, because on a shared machine a logical count
starves whoever comes last, while the kernel shares what there is.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import ray

from cluster.camera import CameraActor, Progress
from cluster.config import CameraConfig, HubConfig
from cluster.errors import ClusterDownError
from cluster.housekeeper import Housekeeper, pulse_of
from cluster.ray_local import HUB_ROLE
from cluster.recogniser import RecogniserActor
from cluster.recorder import RECORDER, RecorderActor
from cluster.sources import Source, open_source
from store.terms import Camera, Outcome

__all__ = ["Cluster", "Feed", "feeds_of"]

log = logging.getLogger(__name__)

START_S = 120.0  # a loaded machine took 30
TROUBLE_S = 10.0  # a recorder that was killed holds the writer's place for two seconds more
CAMERAS_S = 20.0  # so that the first heartbeat does not call them away that are just coming
ANSWER_S = 2.0
DRAIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Feed:
    """A camera and where its pictures come from.

    Attributes:
        camera: Its line of the register.
        begin: Gives the source when everything else is ready; told the time, because rendered
            footage begins then.
    """

    camera: Camera
    begin: Callable[[datetime], Source]


def feeds_of(config: HubConfig) -> tuple[Feed, ...]:
    """The feeds that the settings name."""

    def opened(one: CameraConfig, _: datetime) -> Source:
        return open_source(one.source, camera_id=one.id, rate=one.rate, stills=one.stills)

    return tuple(
        Feed(
            Camera(
                camera_id=one.id,
                name=one.name,
                controller=one.controller,
                latitude=one.latitude,
                longitude=one.longitude,
                kind=one.kind,
            ),
            partial(opened, one),
        )
        for one in config.camera
    )


class Cluster:
    """The actors of one hub, on a Ray that runs (`ray_local.local_ray`). A context manager.

    Args:
        config: The settings.
        state: The state folder.
        feeds: The cameras and their sources.
        pack: Folder of a model pack, None for the one that ships.
    """

    def __init__(
        self,
        config: HubConfig,
        *,
        state: Path,
        feeds: Sequence[Feed],
        pack: Path | None = None,
    ) -> None:
        """Prepare; nothing is started yet."""
        self._config = config
        self._state = state
        self._feeds = tuple(feeds)
        self._pack = pack
        self._recorder: Any = None
        self._cameras: dict[str, Any] = {}
        self._recognisers: dict[str, Any] = {}
        self._housekeeper: Housekeeper | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Start the recorder and the recognisers; `begin` lets frames flow.

        Raises:
            ClusterDownError: The store or the models could not be opened; says which.
        """
        try:
            self._start_readers()
        except BaseException:
            self.stop(drain_s=0.0)
            raise
        self._housekeeper = Housekeeper(self._beat, every_s=self._config.beat_s)

    def begin(self) -> None:
        """Put the cameras on the register and open their feeds.

        Raises:
            ClusterDownError: The recorder is away just now.
            StoreError: The register cannot take them; in the store's words.
        """
        config = self._config
        _got(self._recorder.register.remote([feed.camera for feed in self._feeds]))
        now = datetime.now(UTC)
        cameras = {
            feed.camera.camera_id: _started(
                CameraActor,
                feed.camera.camera_id,
                # Each recogniser may wait at a camera and answer it at once; two are for the hub.
                calls=2 * config.workers + 2,
                controller=feed.camera.controller,
                region=config.region,
                source=feed.begin(now),
                room=config.frames_waiting,
                lease_s=config.lease_s,
            )
            for feed in self._feeds
        }
        until_s = time.monotonic() + CAMERAS_S
        while None in _progress(cameras).values() and time.monotonic() < until_s:
            time.sleep(0.05)
        self._cameras = cameras

    def progress(self, *, after: int = 0) -> dict[str, Progress | None]:
        """How far each camera is; None where its actor is away just now.

        Args:
            after: Leave out that many refusals of each camera, which the caller has seen.
        """
        return _progress(self._cameras, after=after)

    def tally(self, camera_id: str) -> dict[Outcome, int]:
        """How many different pictures of a camera are accounted for, by what became of them."""
        counts: dict[Outcome, int] = _got(self._recorder.tally.remote(camera_id))
        return counts

    def received(self, told: Sequence[tuple[str, str]]) -> dict[tuple[str, str], float]:
        """When the frames came that first told of these reads with these marks (UNIX time)."""
        times: dict[tuple[str, str], float] = _got(self._recorder.received.remote(told))
        return times

    def stop(self, *, drain_s: float = DRAIN_S) -> None:
        """Take no more pictures, record those that were taken, and end every actor.

        Args:
            drain_s: How long to wait for the recording; what is left then is taken up again by
                the next start where the source can be replayed.
        """
        if self._housekeeper is not None:
            self._housekeeper.stop()
            self._housekeeper = None
        actors = [*self._cameras.values(), *self._recognisers.values()]
        actors += [] if self._recorder is None else [self._recorder]
        if drain_s > 0 and self._recorder is not None:
            self._drain(drain_s)
        self._cameras, self._recognisers, self._recorder = {}, {}, None
        for actor in actors:
            ray.kill(actor)

    def runs(self) -> str:
        """Which form of each network the recognisers run, where and why; empty where none says."""
        said = _answers({name: one.runs.remote() for name, one in self._recognisers.items()})
        return "; ".join(dict.fromkeys(runs for runs in said.values() if runs))

    def _start_readers(self) -> None:
        config = self._config
        self._recorder = _started(
            RecorderActor,
            RECORDER,
            calls=4,
            role=HUB_ROLE,
            state=self._state,
            archive=config.archive,
            archive_days_here=config.archive_days_here,
            weed_at=config.weed_at,
        )
        for number in range(1, config.workers + 1):
            name = f"recogniser-{number}"
            self._recognisers[name] = _started(
                RecogniserActor,
                name,
                calls=2,
                cameras=[feed.camera.camera_id for feed in self._feeds],
                pack=self._pack,
                region=config.region,
                threads=config.threads,
                batch_ms=config.batch_ms,
            )
        self._await({RECORDER: self._recorder, **self._recognisers})

    def _await(self, readers: dict[str, Any]) -> None:
        """Wait until all are ready; a trouble that stays is one that waiting does not cure."""
        began_s = time.monotonic()
        while (waited_s := time.monotonic() - began_s) < START_S:
            troubles = _answers({name: one.trouble.remote() for name, one in readers.items()})
            if all(trouble == "" for trouble in troubles.values()):
                return
            lasting = next((item for item in troubles.items() if item[1]), None)
            if lasting and waited_s > TROUBLE_S:
                raise ClusterDownError(f"the hub did not start: {lasting[0]}: {lasting[1]}")
            time.sleep(0.05)
        raise ClusterDownError(f"the hub did not start within {START_S:.0f} s; try again")

    def _beat(self, now: datetime) -> None:
        pulse = pulse_of(
            self.progress(),
            recognisers=_answers(
                {name: one.trouble.remote() for name, one in self._recognisers.items()}
            ),
            now_s=now.timestamp(),
        )
        _answers(
            {
                "recorder": self._recorder.beat.remote(
                    now, cluster=pulse.cluster, cameras_up=pulse.cameras_up
                )
            }
        )

    def _drain(self, drain_s: float) -> None:
        until_s = time.monotonic() + drain_s
        for camera in self._cameras.values():
            camera.stop.remote()
        while time.monotonic() < until_s:
            if all(one is not None and one.done for one in self.progress().values()):
                break
            time.sleep(0.1)
        else:
            log.warning("stopped before everything was recorded; a start takes it up again")
        try:
            ray.get(self._recorder.close.remote(), timeout=max(5.0, until_s - time.monotonic()))
        except ray.exceptions.RayError as error:
            log.warning("the recorder did not close (%s)", type(error).__name__)


def _started(kind: type, name: str, *, calls: int, role: str = "", **settings: Any) -> Any:
    """Start an actor that comes back whenever it is killed."""
    actor = ray.remote(kind).options(
        name=name,
        num_cpus=0,
        max_restarts=-1,
        max_concurrency=calls,
        resources={role: 1} if role else None,
    )
    return actor.remote(name, **settings)


def _progress(cameras: dict[str, Any], *, after: int = 0) -> dict[str, Progress | None]:
    return _answers({name: one.progress.remote(after=after) for name, one in cameras.items()})


def _got(call: Any) -> Any:
    """The answer of one call; what it failed with is raised in our own words and not Ray's.

    Raises:
        ClusterDownError: The actor is away.
    """
    try:
        return ray.get(call)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    except ray.exceptions.RayError as error:
        raise ClusterDownError(
            f"an actor of the hub is away ({type(error).__name__}); it comes back by itself,"
            " try again"
        ) from error


def _answers(asked: dict[str, Any]) -> dict[str, Any]:
    """What each of several calls gave; None for one that failed or took longer than 2 s."""
    if not asked:
        return {}
    ready, _ = ray.wait(list(asked.values()), num_returns=len(asked), timeout=ANSWER_S)
    answers: dict[str, Any] = dict.fromkeys(asked)
    for name, call in asked.items():
        if call in ready:
            try:
                answers[name] = ray.get(call)
            except ray.exceptions.RayError as error:
                log.warning("%s did not answer (%s)", name, type(error).__name__)
    return answers
