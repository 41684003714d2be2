from recognition.evaluation.speed.footprint import footprints


def test_every_session_is_weighed_in_a_process_of_its_own() -> None:
    weighed = footprints(None)
    assert set(weighed) == {"plate_detector", "plate_ocr", "both"}
    assert all(sizes["rss_mb"] > 1 for sizes in weighed.values())
