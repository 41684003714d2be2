"""The ledger: one SQLite file for what must be decided once, with an audit chain in it.

Staff, cameras, lists, alarms, heartbeats and the audit records live here. A change of state and
its audit record are one transaction.
"""
