"""Tests of store.governance.staffing."""
