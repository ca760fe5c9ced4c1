"""Whether the server is well: the flag that a stopping server sets."""

draining = False
