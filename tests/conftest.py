"""What holds for all tests."""

import os

from hypothesis import settings

# A deadline would be a timed assertion: on a busy machine it fails for no fault of the code.
settings.register_profile("hub", deadline=None)
settings.register_profile("few", deadline=None, max_examples=15, derandomize=True, database=None)
settings.load_profile(os.environ.get("ANPR_HYPOTHESIS", "hub"))
