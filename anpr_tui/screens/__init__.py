"""The screens of the console, one a file; each faces the desk of its name."""
