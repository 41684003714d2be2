"""Reading a policy file key by key; what is missing, unknown or at odds with itself is refused."""
