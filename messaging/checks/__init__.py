"""Looks whether the logs are whole: nothing lost, doubled or out of order. It reads what is stored, and trusts no constraint."""
