"""Screens of authority: the lists, one request to decide, the urgent way and what it leaves."""
