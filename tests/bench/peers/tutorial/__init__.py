"""Peer (a): the chat of the Channels tutorial, with each message stored as one ORM row."""
