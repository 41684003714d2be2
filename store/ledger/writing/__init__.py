"""Writing the ledger: one lock for all processes, one commit for all threads that wait."""
