"""The hub's settings, from one TOML file; the words under each setting are its manual.

    workers = 2

    [[camera]]
    id = "NS-C01"
    name = "Harbour Road"
    controller = "NS"
    source = "/srv/footage/harbour-road"

A setting we do not know is refused with its line: a misspelt limit must not pass as no limit.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from cluster.errors import ConfigRefusedError
from recognition.errors import TextRefusedError
from recognition.grammar.regions import ANYWHERE, Region

__all__ = ["CameraConfig", "HubConfig", "StaffConfig", "camera_id_of", "load_config"]

CameraId = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9-]{1,32}\Z")]
Whole = Annotated[int, msgspec.Meta(ge=1, le=1024)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


class CameraConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[camera]]` of the file."""

    id: CameraId
    """Number of the camera (NRD), such as "NS-C01": A-Z, 0-9 and "-", at most 32 characters."""

    name: str
    """The place as officers say it, such as "Harbour Road"."""

    controller: str
    """Code of the force that answers for its data, such as "NS"."""

    source: str
    """Where its pictures come from: a folder of pictures, a video file, or a stream's URL."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    """Degrees north, WGS 84; leave out where unknown."""

    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    """Degrees east, WGS 84; leave out where unknown."""

    kind: Annotated[str, msgspec.Meta(pattern=r"^(fixed|redeployable|mobile)\Z")] = "fixed"
    """"fixed", "redeployable" or "mobile" (S-16)."""

    stills: bool = False
    """True where each picture is of another vehicle, so that no two of them are one passage."""

    rate: Annotated[float, msgspec.Meta(gt=0, le=100)] = 5.0
    """Pictures a second of a folder whose file names give no time, and of a rendered feed."""


class StaffConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[staff]]` of the file: a fictional officer of a demonstration.

    Real people come onto the register by `anpr staff`, never by a file: there is no default
    account, and nobody enrols themselves.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}[0-9]{3,6}\Z")]
    """Staff number, such as "NS4021"."""

    role: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2,4}\Z")]
    """Role code of the policy, such as OP, RES, INS or SUP."""

    name: str = ""
    """Shown to colleagues; may be empty."""


class HubConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything the hub can be told; each setting has a default that works."""

    force: Annotated[str, msgspec.Meta(pattern=r"^[\w .,'&()-]{0,40}\Z")] = ""
    """The force whose hub this is, such as "Northshire Police": the first line of every screen
    says it. Empty: the line says "ANPR Hub", and no force's name."""

    camera: tuple[CameraConfig, ...] = ()
    """The cameras, one `[[camera]]` each."""

    staff: tuple[StaffConfig, ...] = ()
    """Fictional officers, one `[[staff]]` each; refused where this is no demonstration."""

    demonstration: bool = False
    """True where force and footage are fictional: every screen says DEMONSTRATION, and every
    officer has the same passphrase."""

    listen: str = "hub.sock"
    """Socket of the consoles: a path, or a name in the state folder. Only its owner may open it."""

    workers: Whole = 2
    """Recognisers, each one process that reads pictures."""

    threads: Whole = 1
    """Processor cores that one recogniser may use."""

    region_tags: tuple[str, ...] = ()
    """Memory tags that most vehicles here bear, in ranges such as ["NA-NO", "NP-NY"], "B*" or "LA"
    (leaflet INF104); they weigh more where a character is unclear. Empty: all tags are alike."""

    region_times: Annotated[float, msgspec.Meta(ge=1, le=50)] = 4.0
    """How many times as likely one of `region_tags` is as one of elsewhere, 1 to 50."""

    batch_ms: Annotated[float, msgspec.Meta(ge=1, le=1000)] = 50.0
    """Work a recogniser takes at once, in milliseconds of its own measured speed (40 to 60 keeps
    fast and slow ones equally busy)."""

    frames_waiting: Whole = 4
    """Frames of one camera that may wait in memory. A file waits for room; a live stream that
    falls behind keeps its newest, and each frame given up is accounted for."""

    archive: Annotated[str, msgspec.Meta(pattern=r"^(s3://[^\s?#@]+)?\Z")] = ""
    """Where days of capture go once they are sealed: "s3://BUCKET/FOLDER", or nothing for the
    disk of the state folder. Its keys are the secret `archive-bucket` (docs/object-storage.md) and
    never stand here. The bucket must never have had versioning or object lock: what is weeded
    there would stay. Taken out again, days that lie there stay searched and no more go."""

    archive_days_here: Annotated[int, msgspec.Meta(ge=1, le=731)] = 7
    """So many of the newest days stay on this disk: they are what is searched most, and a read
    that comes late for one of them moves no day."""

    lease_s: Seconds = 20.0
    """How long a recogniser may hold a frame before another one gets it."""

    beat_s: Seconds = 1.0
    """Time between two heartbeats of the hub, which every console shows."""

    weed_at: Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")] = "03:00"
    """Time of day (UTC) at which the hub weeds what is past its time; it does so at its start as
    well. Choose one at which the control room is quiet."""

    object_store_mb: Annotated[int, msgspec.Meta(ge=80, le=65536)] = 120
    """Shared memory of Ray. Frames travel in messages and hardly use it."""

    @property
    def region(self) -> Region:
        """The region tags with their weight, for the grammar."""
        if not self.region_tags:
            return ANYWHERE
        return Region.of(self.region_tags, times=self.region_times)


def camera_id_of(text: str) -> str:
    """Check the number of a camera.

    Raises:
        ConfigRefusedError: It is none.
    """
    try:
        return msgspec.convert(text, CameraId)
    except msgspec.ValidationError as error:
        raise ConfigRefusedError(
            f'"{text}" is no number of a camera: A-Z, 0-9 and "-", at most 32, such as NS-C01'
        ) from error


def load_config(path: Path) -> HubConfig:
    """Read and check a file of settings.

    Raises:
        ConfigRefusedError: Not readable, not TOML, an unknown setting, or a value that cannot
            be; says file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        config = msgspec.convert(tomllib.loads(text), HubConfig)
    except OSError as error:
        raise ConfigRefusedError(f"{path}: settings cannot be read, {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigRefusedError(f"{path}: settings must be UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigRefusedError(f"{path}: not TOML, {error}") from error
    except msgspec.ValidationError as error:
        what, where = _place_of(str(error), text=text)
        raise ConfigRefusedError(f"{path}:{where}: {what}; see cluster/config.py") from error
    _refuse_twins(config, path=path)
    try:
        _ = config.region
    except TextRefusedError as error:
        line = _line_of(["region_tags"], text=text)
        raise ConfigRefusedError(f'{path}:{line}: setting "region_tags": {error}') from error
    if config.staff and not config.demonstration:
        raise ConfigRefusedError(
            f"{path}:{_line_of(['staff'], text=text)}: [[staff]] is for a demonstration (set"
            " demonstration = true). Real people found the register with `anpr staff found` and"
            " are enrolled with `anpr staff enrol`"
        )
    return config


def _refuse_twins(config: HubConfig, *, path: Path) -> None:
    for title, ids in (
        ("camera", [camera.id for camera in config.camera]),
        ("staff", [member.id for member in config.staff]),
    ):
        twins = sorted({one for one in ids if ids.count(one) > 1})
        if twins:
            raise ConfigRefusedError(f"{path}: [[{title}]] {twins[0]} stands there twice")


def _place_of(message: str, *, text: str) -> tuple[str, int]:
    """Turn msgspec's "... - at `$.camera[1].rate`" into what is wrong and on which line."""
    found = re.match(r"(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", message, re.DOTALL)
    what, path = (found["what"], found["path"] or "") if found else (message, "")
    unknown = re.search(r"unknown field `(?P<key>[^`]*)`", what)
    if unknown:
        what = f'there is no setting "{unknown["key"]}"'
        path = f"{path}.{unknown['key']}"
    keys = [key for key in re.split(r"[.\[\]]+", path) if key]
    if not unknown and keys:
        what = f'setting "{keys[-1]}": {what[:1].lower()}{what[1:]}'
    return what, _line_of(keys, text=text)


def _line_of(keys: list[str], *, text: str) -> int:
    """Line (from 1) on which a key such as ["camera", "1", "rate"] stands, or its table begins."""
    table, index, key = "", 0, keys[-1] if keys else ""
    if len(keys) > 1 and keys[1].isdigit():
        table, index = keys[0], int(keys[1])
    seen: dict[str, int] = {}
    here: tuple[str, int] = ("", 0)
    begins = 1
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?\s*([\w-]+)", line)
        if header:
            seen[header[1]] = seen.get(header[1], -1) + 1
            here = (header[1], seen[header[1]])
            if header[1] == key:
                return number
        if here == (table, index):
            begins = number if header else begins
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number
    return begins
