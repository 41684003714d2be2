"""Vehicles drawn in code: a solid body, and the face that carries the plate."""
