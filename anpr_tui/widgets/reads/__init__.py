"""The result list of a search and the read under its cursor."""
