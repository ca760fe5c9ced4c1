"""People and programs that may sign in: users, API tokens, sessions."""
