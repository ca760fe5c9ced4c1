"""Telling people who are not here what was said: pushes to their devices, and mail."""
