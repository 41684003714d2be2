"""The check in training: its network, its course and how its judgement is examined."""
