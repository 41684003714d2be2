"""The auditor: reads the ledger's chain by itself, signs what it saw, and hands it out.

Nothing here shares code with the writer of the chain (a contract in `pyproject.toml` forbids it):
a mistake made in writing must not be made again in checking. It knows the form that the chain is
documented to have, SQLite and SHA-256.
"""
