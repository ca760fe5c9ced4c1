"""What every REST view shares: the base view, the one error shape, strict input, pages.

The apps' `api/` folders build on it; the list of routes is `chatsite/api.py`.
"""
