"""The hard set: rendered plates in real photographs, half to tune on, half to be judged by."""
