"""Rooms and their members over HTTP."""
