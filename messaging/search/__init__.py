"""Searching what people said: how text is folded, the index beside the log, queries, and who finds what."""
