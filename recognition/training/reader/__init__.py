"""The reader in training: its network, its course and what it is examined on."""
