"""The rule book: every role, capability, age and authority of `policy.toml`, and one `decide`."""
