"""Fields, choices and the two forms: ground of a search, disposition of an alarm."""
