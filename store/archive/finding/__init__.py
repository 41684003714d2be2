"""Questions to the archive: which plates can answer one, and which rows do."""
