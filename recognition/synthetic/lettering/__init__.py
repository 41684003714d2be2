"""Plate lettering drawn from our own strokes; no typeface file is used or shipped."""
