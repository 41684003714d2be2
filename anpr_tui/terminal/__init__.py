"""The terminal: what may reach it, how little is sent to it, and no way out of it."""
