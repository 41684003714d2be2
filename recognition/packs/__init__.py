"""Model packs: what they say of themselves, what their networks see and mean, where they lie."""
