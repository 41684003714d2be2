"""Made-up plates, vehicles, roads and footage, for training, tests and demonstrations.

Everything is drawn in code from a seeded `numpy.random.Generator` that the caller passes in; no
photo, typeface or global source of chance is used. Knows numpy and OpenCV only.
"""
