"""What networks see of a frame: where plates are, what they say, and second looks at both."""
