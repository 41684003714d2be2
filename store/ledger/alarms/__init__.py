"""Alarms in the ledger: raised and repeated, read, answered."""
