"""What the networks learn from: rendered without end, and labelled photos."""
