"""Tests of store.governance.oversight."""
