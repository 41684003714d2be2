"""Threads of one process: all read at once, and every frame counts."""

from threading import Barrier, get_ident

from recognition.evaluation.speed.contest import Runner
from recognition.evaluation.speed.pictures import Shown, filmed
from recognition.evaluation.speed.throughput import frames_a_second


def test_runners_read_every_frame_at_the_same_time_in_threads_of_their_own() -> None:
    frames = filmed(seed=1, frames=2)
    together = Barrier(2, timeout=30)  # breaks where one reads after the other
    seen: list[tuple[int, float]] = []

    def read(shown: Shown) -> tuple[int, dict[str, float]]:
        together.wait()
        seen.append((get_ident(), shown.at_s))
        return 0, {}

    assert frames_a_second(frames, [Runner("one", read), Runner("two", read)], rounds=3) > 0
    assert len(seen) == 2 * (1 + 3) * len(frames)
    assert len({thread for thread, _ in seen}) == 2
    for thread in {thread for thread, _ in seen}:
        times = [at_s for each, at_s in seen if each == thread]
        assert times == sorted(times)  # a tracker is shown no frame from its past
