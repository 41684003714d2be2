"""The rules of time, on machines that stand anywhere."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(params=["Pacific/Auckland", "America/New_York"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine whose own zone is not UTC: what hangs on a day must not hang on that."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()
