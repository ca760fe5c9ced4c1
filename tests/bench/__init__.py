"""Parley beside its peers, in one run, on one machine, doing the same work: `make bench`."""
