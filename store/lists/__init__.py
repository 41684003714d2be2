"""Files of vehicles of interest: what a row must be, what a file must be, and how one is loaded."""
