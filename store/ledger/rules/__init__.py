"""What the rules ask the ledger: which policy is in force, and whose vehicle is looked for."""
