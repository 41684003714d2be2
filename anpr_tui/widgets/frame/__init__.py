"""The lines that every screen has: who, where, notice, health, keys."""
