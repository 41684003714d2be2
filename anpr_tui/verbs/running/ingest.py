"""`anpr ingest PATH --camera ID`: take a folder, a picture or a film in as a camera's feed.

Every file is accounted for: read, no plate, or refused with a reason. The accounts say by name and
content which pictures they are of, so it may be stopped at any moment, by kill -9 too, and run
again: what is accounted for is passed by, and nothing is lost or stored twice.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from anpr_tui.verbs import ending_on_signals, state_option, writing_log
from anpr_tui.verbs.reading.models import shelf_of
from cluster.camera import Progress
from cluster.config import HubConfig, camera_id_of
from cluster.errors import SourceRefusedError
from cluster.hub import Cluster, Feed
from cluster.ray_local import local_ray
from cluster.sources import FolderSource, open_source
from store.ledger import cameras
from store.ledger.ledger import Ledger
from store.terms import Camera, Outcome

__all__ = ["Tally", "ingest"]

LOOK_S = 0.2
IN_FLIGHT = 24  # pictures held at once: enough for two recognisers that each have a batch waiting


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the files of one run.

    Attributes:
        files: How many there are; `read`, `no_plate` and `refused` add up to it.
        read: Those with a plate that was read.
        no_plate: Those without.
        refused: Those that could not be taken.
        reads: Reads they gave.
        known: How many of the files an earlier run had accounted for.
    """

    files: int
    read: int
    no_plate: int
    refused: int
    reads: int
    known: int

    @classmethod
    def of(cls, progress: Progress) -> "Tally":
        """Sum up a camera's progress."""
        counts = progress.outcomes
        return cls(
            files=sum(counts.values()),
            read=counts.get(Outcome.READ, 0),
            no_plate=counts.get(Outcome.NO_PLATE, 0),
            refused=counts.get(Outcome.REFUSED, 0),
            reads=progress.reads,
            known=progress.known,
        )

    def line(self) -> str:
        """The summary for people."""
        before = f" ({self.known} of the files known from before)" if self.known else ""
        return (
            f"files {self.files}, read {self.read}, no plate {self.no_plate},"
            f" refused {self.refused}, reads {self.reads}{before}"
        )


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--camera", "camera_id", required=True, help='Its number, such as "NS-C01".')
@click.option("--controller", default="NS", show_default=True, help="Force that answers for it.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no lines.")
@state_option
def ingest(
    *, path: Path, camera_id: str, controller: str, workers: int, as_json: bool, state: Path
) -> None:
    """Read a folder, a picture or a film of one camera into the state folder.

    Each file of the folder and of those in it counts, whatever its name: what is no picture is
    refused. Prints a line for each refused file and a summary. May be stopped and run again.
    Reads with the model pack that `anpr models use` chose.
    """
    source = open_source(str(path), camera_id=camera_id_of(camera_id), rate=1.0, stills=True)
    if isinstance(source, FolderSource):
        source.files()  # refuses a folder that is not there before anything is started
    pack = shelf_of(state).resolve(None)
    config = HubConfig(workers=workers, frames_waiting=IN_FLIGHT)
    with writing_log(state), ending_on_signals():
        feed = Feed(_registered(camera_id, controller=controller, state=state), lambda _: source)
        with (
            local_ray(state, object_store_mb=config.object_store_mb),
            Cluster(config, state=state, feeds=[feed], pack=pack) as cluster,
        ):
            cluster.begin()
            progress, refusals = _followed(cluster, camera_id=camera_id, quiet=as_json)
    if progress.trouble:
        raise SourceRefusedError(progress.trouble)
    tally = Tally.of(progress)
    if as_json:
        reasons = [{"file": name, "reason": reason} for name, reason in refusals]
        click.echo(json.dumps({"camera": camera_id, **asdict(tally), "refusals": reasons}))
    else:
        click.echo(tally.line())


def _followed(
    cluster: Cluster, *, camera_id: str, quiet: bool
) -> tuple[Progress, list[tuple[str, str]]]:
    """Wait until all is accounted for; what is refused is said as it comes."""
    refusals: list[tuple[str, str]] = []
    while True:
        progress = cluster.progress(after=len(refusals))[camera_id]
        if progress is not None:
            for name, reason in progress.refusals:
                # A file's name may hold anything, and a terminal believes escape codes.
                shown = name if name.isprintable() else ascii(name)
                refusals.append((shown, reason))
                if not quiet:
                    click.echo(f"refused {shown}: {reason}")
            if progress.done:
                return progress, refusals
        time.sleep(LOOK_S)


def _registered(camera_id: str, *, controller: str, state: Path) -> Camera:
    """The camera's line of the register, so that it stays as it is, or a line for a new one."""
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    try:
        with ledger.reading() as db:
            known = cameras.by_id(db, camera_id)
    finally:
        ledger.close()
    return known or Camera(camera_id=camera_id, name=camera_id, controller=controller)
