"""The finder in training: its network, its course and how its finds are judged."""
