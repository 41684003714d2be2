"""Northshire, the force that does not exist: its cameras, its list, its officers and its traffic.

Its map lies in the open North Sea. Marks begin with J, T, U or X, letters no memory tag uses, and
with AB1 for those that the search of the tour is to find.
"""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from cluster.config import HubConfig, StaffConfig
from cluster.hub import Feed
from cluster.sources.footage import FootageSource, Passing
from store.terms import Camera

__all__ = ["CONFIG", "FORCE_CAMERAS", "MANAGER", "OPERATOR", "Footage", "write_list"]

OPERATOR = "NS4021"
MANAGER = "NS3001"
CONFIG = HubConfig(
    force="Northshire Police",
    workers=2,
    frames_waiting=4,
    staff=(
        StaffConfig(id=OPERATOR, role="OP", name="R Hale"),
        StaffConfig(id="NS4188", role="RES", name="D Okafor"),
        StaffConfig(id=MANAGER, role="AM", name="L Brandt"),
        StaffConfig(id="NS3102", role="INS", name="J Quill"),
        StaffConfig(id="NS2003", role="SUP", name="A Marsh"),
        StaffConfig(id="NS5001", role="FDO", name="T Ferris"),
        StaffConfig(id="NS1001", role="SL", name="P Adeyemi"),
        StaffConfig(id="NS7002", role="AUD", name="C Vale"),
    ),
)

RATE = 3.0  # frames a second of each camera: four of them and the hub leave two cores some air
SHOWN = 8  # frames of a passage
BETWEEN = 7  # frames of empty road after it: longer than the tracker waits for a vehicle
BEGINS_AFTER_S = 3.0  # the cameras' processes and the console start meanwhile


@dataclass(frozen=True, slots=True)
class Place:
    """A camera of the force.

    Attributes:
        camera: Its line of the register.
        light: The light it works in.
    """

    camera: Camera
    light: str


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle of the story; those on the list have a reason.

    Attributes:
        vrm: Its mark.
        make: Make, as the list writes it.
        colour: Colour, as the list writes it.
        reason: Column 7 of the list, empty where it is not listed.
        action: "STOP" or "SILENT".
        markers: Warning markers.
    """

    vrm: str
    make: str
    colour: str
    reason: str = ""
    action: str = "STOP"
    markers: str = ""


def _place(number: str, name: str, latitude: float, longitude: float, light: str) -> Place:
    return Place(Camera(number, name, "NS", latitude, longitude), light)


FORCE_CAMERAS = (
    _place("NS-C01", "Harbour Road", 55.179856, 0.600000, "day"),
    _place("NS-C03", "Ashwick Cross", 55.179856, 0.788088, "dusk"),
    _place("NS-C06", "Moor Junction", 55.197842, 0.976176, "night"),
    _place("NS-C09", "Brook Lane", 55.089928, 0.788088, "infrared"),
)

LISTED = (
    Vehicle("TK22HRM", "VAUXHALL", "RED", "H02 Missing person, high risk", markers="AT"),
    Vehicle("TB64LXB", "BMW", "GREY", "L01 No insurance"),
    Vehicle("TB17MDM", "FORD", "WHITE", "M04 Vulnerable missing person"),
    Vehicle("TC65LXC", "VOLKSWAGEN", "SILVER", "L01 No insurance"),
    Vehicle("UK11VDR", "FORD", "GREY", "M02 Lost or stolen, confirmed"),
    Vehicle("TN73LTR", "VOLKSWAGEN", "WHITE", "M01 Wanted person"),
    Vehicle("TF67LXF", "VOLKSWAGEN", "BLACK", "L01 No insurance"),
    Vehicle("XJ71SLN", "VOLKSWAGEN", "BLACK", "I01 Intelligence monitoring", action="SILENT"),
    Vehicle("UM66SVP", "FORD", "RED", "M03 Linked to burglary"),
)

_PASSING_BY = """
AB12KLM TOYOTA SILVER;  AB17RDN FORD BLUE;       AB19TCE SKODA BLACK;        AB15WHL AUDI WHITE
JB14JSW TOYOTA RED;     JB17PTF TOYOTA GREY;     JB23RDM TOYOTA BLACK;       JC14CLG FORD SILVER
JC25BXP VAUXHALL WHITE; JC64GRL BMW SILVER;      JD21LGF FORD BLACK;         JD67PSK FORD SILVER
JF19SBL VOLVO BLUE;     JF23XDJ VAUXHALL RED;    JG24FPV VOLVO WHITE;        JH26DPR SKODA WHITE
JK14RDX FORD BLUE;      JK25XDC AUDI BLUE;       UC68CLN FORD SILVER;        TX70BGL SKODA GREEN
TD19VNX FORD WHITE;     UX21CVB AUDI BLACK;      TP24CVA BMW BLUE;           XH24DCL SKODA GREY
TM23DCK FORD RED;       JN71DCM TOYOTA BLUE;     UW67HRX FORD SILVER;        JH25PLU BMW SILVER
"""
TRAFFIC = tuple(
    Vehicle(*words.split()) for words in _PASSING_BY.strip().replace("\n", ";").split(";")
)

OPENING = ((0, "TK22HRM"), (1, "TB64LXB"), (2, "TB17MDM"), (3, "AB12KLM"))
"""First vehicle of each camera: a High, a Low and a Medium within seconds."""
LISTED_SHARE = 0.12  # of the traffic; far more than any road has, for a tour of minutes


def write_list(path: Path, *, now: datetime) -> None:
    """Write the force's list of vehicles of interest: sixteen columns, in force for 30 days."""
    weeds = (now + timedelta(days=30)).date().isoformat()
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        for number, one in enumerate(LISTED, start=1):
            instructions = "Stop and check" if one.action == "STOP" else "Do not stop, report only"
            what = (one.vrm, one.make, "", one.colour, one.action, one.markers, one.reason, "")
            where = (instructions, "NS NORTH", weeds, f"26/{number:06}T", "OFFICIAL-SENSITIVE")
            incident = f"NS-{now:%Y%m%d}-{number:04}"
            rows.writerow((*what, *where, incident, "", f"PNC-{number:06}"))


class Footage:
    """The cameras' rendered footage, which begins when the hub is ready.

    Args:
        seconds: How long; every passage that begins also ends in that time.
        seed: Of the traffic and of all pixels.

    Attributes:
        feeds: The cameras for the cluster.
        sources: The footage of each once it has begun: the truth of what passed.
    """

    def __init__(self, *, seconds: float, seed: int) -> None:
        """Lay the schedule out; nothing is rendered yet."""
        self._length = max(1, round(seconds * RATE))
        self._seed = seed
        self.sources: list[FootageSource] = []
        self.feeds = tuple(
            Feed(place.camera, partial(self._begin, index))
            for index, place in enumerate(FORCE_CAMERAS)
        )

    def _begin(self, index: int, now: datetime) -> FootageSource:
        place = FORCE_CAMERAS[index]
        offset_s = BEGINS_AFTER_S + index / (RATE * len(FORCE_CAMERAS))
        source = FootageSource(
            camera_id=place.camera.camera_id,
            caption=f"{place.camera.camera_id} {place.camera.name.upper()}",
            light=place.light,
            seed=self._seed + index,
            starts_at=now + timedelta(seconds=offset_s),
            rate=RATE,
            length=self._length,
            passings=tuple(_passings(index, length=self._length, seed=self._seed)),
        )
        self.sources.append(source)
        return source


def _passings(index: int, *, length: int, seed: int) -> list[Passing]:
    """Traffic of one camera; cameras begin one after the other, so that work comes evenly."""
    rng = np.random.default_rng((seed, index))
    known = {vehicle.vrm: vehicle for vehicle in LISTED + TRAFFIC}
    first = 1 + index * (SHOWN + BETWEEN) // len(FORCE_CAMERAS)
    passings: list[Passing] = []
    while first + SHOWN + 1 <= length:
        pool = LISTED if rng.random() < LISTED_SHARE else TRAFFIC
        vehicle = pool[int(rng.integers(len(pool)))]
        if not passings:
            vehicle = known[dict(OPENING)[index]]
        passings.append(
            Passing(first, SHOWN, vehicle.vrm, vehicle.colour.lower(), bool(rng.random() < 0.6))
        )
        first += SHOWN + BETWEEN
    return passings
