"""Plates and vehicles in block characters."""
