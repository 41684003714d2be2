"""What is set for the whole hub: the policy."""
