"""Rules of the staff register, pure: codes of second factors, keys, and kinds of changes."""
