"""What holds for all tests."""

from hypothesis import settings

# A deadline would be a timed assertion: on a busy machine it fails for no fault of the code.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")
