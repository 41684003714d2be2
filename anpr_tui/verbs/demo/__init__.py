"""`anpr demo`: a hub of a force that does not exist, its story and its figures."""
