"""One Ray on this machine: its token, its folder and log, and nothing left of it afterwards.

A token on every connection, no dashboard, no usage report, logs and sockets in the state folder.
What must stand in the environment before Ray is imported is in `cluster/__init__.py`.
"""

import fcntl
import logging
import logging.handlers
import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import ray

from cluster.errors import ClusterDownError

__all__ = ["HUB_ROLE", "keep_log", "local_ray", "run_for_good"]

log = logging.getLogger(__name__)

KEY_FILE = "RAY_AUTH_TOKEN_PATH"
GONE_S = 5.0  # one that the kernel cannot end by then waits for a disk
LOG = "ANPR_CLUSTER_LOG"  # environment variable: Ray's own logs go when Ray goes, ours stay
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Actors ask for none: the machine shares its cores better than a count does. But Ray starts as many
# workers beforehand as there are: three are used at once, and 64 would be 64 idle processes.
LOGICAL_CPUS = 3
HUB_ROLE = "hub"  # only this node carries it, so the recorder runs nowhere else
# Ray puts sockets at "<folder>/session_<date>_<time>_<pid>/sockets/plasma_store": 62 to 66 bytes
# beyond the folder, and Linux takes 107 in all.
LONGEST_FOLDER_BYTES = 40


@contextmanager
def local_ray(state: Path, *, object_store_mb: int) -> Iterator[None]:
    """Run Ray for as long as the block lasts, with everything it writes under the state folder.

    Enter it before LanceDB is imported: Ray forks, and LanceDB is not safe to fork.

    Args:
        state: The state folder; its path must be short enough for sockets, or a folder with a
            short name is made under /tmp for as long as Ray runs.
        object_store_mb: Shared memory, at least 80.

    Raises:
        ClusterDownError: Somebody else is at work there, or Ray could not be started.
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(state):
        _clear(state)
        try:
            with _our_signals():
                _start(_made_folder(state), state=state, object_store_mb=object_store_mb)
            yield
        finally:
            ray.shutdown()
            _clear(state)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Hold the state folder's cluster lock, which ends with the process however that ends."""
    with (state / "cluster.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ClusterDownError(
                f"not started: a hub or an ingest is at work in {state}; stop it first,"
                " or name another state folder"
            ) from error
        yield


def _start(folder: Path, *, state: Path, object_store_mb: int) -> None:
    token = folder / "token"
    with open(os.open(token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    os.environ.update({KEY_FILE: str(token), LOG: str(state / "log" / "cluster.log")})
    try:
        ray.init(
            address="local",
            include_dashboard=False,
            num_cpus=LOGICAL_CPUS,
            num_gpus=0,
            resources={HUB_ROLE: 1000},
            object_store_memory=object_store_mb * 1_000_000,
            log_to_driver=False,
            logging_level="ERROR",
            _temp_dir=str(folder),
        )
    except Exception as error:
        # Ray raises RuntimeError, ValueError, ConnectionError and its own, by what went wrong.
        log.exception("Ray did not start")
        raise ClusterDownError(
            f"Ray did not start ({type(error).__name__}); look at memory and {state / 'log'},"
            " then try again"
        ) from error


def _made_folder(state: Path) -> Path:
    """A new folder for Ray, noted so that a run after kill -9 can remove it."""
    inside = len(os.fsencode(state / "ray-12345678")) <= LONGEST_FOLDER_BYTES
    folder = Path(
        tempfile.mkdtemp(prefix="ray-", dir=state)
        if inside
        else tempfile.mkdtemp(prefix="anpr-ray-", dir="/tmp")
    )
    with _note(state).open("a", encoding="utf-8") as note:
        note.write(f"{folder}\n")
    return folder


def _note(state: Path) -> Path:
    return state / "ray.folders"


def _clear(state: Path) -> None:
    """End every process that still belongs to a Ray of this state folder, and remove its folder.

    After kill -9 Ray's workers live on for two seconds, one that was just starting for a minute.
    """
    try:
        folders = [Path(line) for line in _note(state).read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return
    for folder in folders:
        if folder.parent == state or folder.name.startswith("anpr-ray-"):
            until_s = time.monotonic() + GONE_S
            while (left := _processes_of(folder)) and time.monotonic() < until_s:
                for process in left:
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                time.sleep(0.05)
            shutil.rmtree(folder, ignore_errors=True)
    _note(state).unlink()


def _processes_of(folder: Path) -> list[int]:
    """Processes that were started with the token of a Ray's folder; zombies have none."""
    mark = f"{KEY_FILE}={folder / 'token'}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile, or is somebody else's
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


@contextmanager
def _our_signals() -> Iterator[None]:
    """Keep the handlers of signals as they are: Ray's own print a C++ trace and leave at once."""
    ours = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in ours.items():
                signal.signal(number, handler)


def keep_log() -> None:
    """Write this process's log lines to `<state>/log/cluster.log`; elsewhere Ray keeps them."""
    path = os.environ.get(LOG)
    if path:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # a weeding cuts the log and puts a new file in its place
        logging.basicConfig(
            handlers=[logging.handlers.WatchedFileHandler(path, encoding="utf-8")],
            format="%(asctime)s %(process)d %(name)s %(levelname)s %(message)s",
        )


def run_for_good(run: Callable[[], None], *, name: str) -> None:
    """Run an actor's loop in a thread; should it fail, the process ends and Ray starts it anew.

    A loop that died in a process that lives would look well and do nothing.
    """

    def loop() -> None:
        try:
            run()
        except Exception as error:
            # Where it failed, without the words of the error: those might hold a mark.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s failed (%s)\n%s", name, type(error).__name__, where)
            logging.shutdown()
            os._exit(1)

    threading.Thread(target=loop, name=name, daemon=True).start()
