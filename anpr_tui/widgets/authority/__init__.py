"""Requests for authority: the list of them, and one in full."""
