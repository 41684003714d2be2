"""What the ledger knows of evidential holds, weeding and erasure."""
