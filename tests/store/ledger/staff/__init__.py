"""Tests of store.ledger.staff."""
