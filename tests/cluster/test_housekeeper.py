"""The pulse: who is alive, in the few words that fit a health line."""

import threading
from dataclasses import replace

from cluster.camera import Progress
from cluster.housekeeper import UP_S, Housekeeper, pulse_of

NOW_S = 1_000_000.0
WELL = Progress({}, 0, 0, (), NOW_S, 0, "", done=False)


def test_all_is_well_where_every_camera_sends_and_every_recogniser_reads():
    pulse = pulse_of({"NS-C01": WELL, "NS-C02": WELL}, recognisers={"r1": ""}, now_s=NOW_S)
    assert (pulse.cluster, pulse.cameras_up) == ("ok", 2)


def test_a_camera_that_sends_nothing_is_not_up():
    silent = replace(WELL, received_s=NOW_S - UP_S - 1)
    assert pulse_of({"a": WELL, "b": silent}, recognisers={}, now_s=NOW_S).cameras_up == 1


def test_troubles_are_named_the_first_of_them_in_full():
    torn = replace(WELL, trouble="/srv/c02: no such folder")
    pulse = pulse_of({"a": None, "b": torn}, recognisers={"r1": None, "r2": ""}, now_s=NOW_S)
    assert pulse.cluster == "a is away and 2 more"
    pulse = pulse_of({"b": torn}, recognisers={}, now_s=NOW_S)
    assert pulse.cluster == "b: /srv/c02: no such folder"


def test_a_beat_that_fails_is_followed_by_the_next_one():
    beats, enough = [], threading.Event()

    def beat(now):
        beats.append(now)
        if len(beats) == 3:
            enough.set()
        raise OSError("the ledger's disk is full")

    housekeeper = Housekeeper(beat, every_s=0.001)
    assert enough.wait(30)
    housekeeper.stop()
    assert beats == sorted(beats)
    assert all(now.tzinfo for now in beats)
