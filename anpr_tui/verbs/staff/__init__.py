"""`anpr staff`: the register of who may sit at a console, kept on the hub's machine."""
