"""People, sessions and API tokens over HTTP."""
