import numpy as np

from recognition.evaluation.speed.pictures import SIZE_PX, filmed


def test_the_same_seed_films_the_same_frames_in_the_order_of_their_times() -> None:
    once, again = filmed(seed=3, frames=10), filmed(seed=3, frames=10)
    assert len(once) == 10
    assert all(shown.frame.size_px == SIZE_PX for shown in once)
    assert [shown.at_s for shown in once] == sorted(shown.at_s for shown in once)
    assert all(
        np.array_equal(first.frame.image, second.frame.image)
        for first, second in zip(once, again, strict=True)
    )
