"""Training the network that finds the corners of a plate anew, seen with what is around it."""
