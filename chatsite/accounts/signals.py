"""Facts that Django itself announces and that end a credential."""
