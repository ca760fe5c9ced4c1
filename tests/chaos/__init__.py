"""The history checker, and the tests that it finds what it is for."""
