"""Cluster and desks at work: the hub until it is stopped, or one folder or film and done."""
