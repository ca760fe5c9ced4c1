"""Who did what to whom: every privileged act, by ids, in a table that only grows."""
