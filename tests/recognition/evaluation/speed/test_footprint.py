from recognition.evaluation.speed.footprint import footprints


def test_every_session_is_weighed_in_a_process_of_its_own() -> None:
    weighed = footprints(None)
    networks = {"plate_detector", "plate_ocr", "plate_check", "plate_outline"}
    assert set(weighed) == {*networks, "all"}
    assert all(sizes["rss_mb"] > 1 for sizes in weighed.values())
