"""Tests of store.secrets."""
