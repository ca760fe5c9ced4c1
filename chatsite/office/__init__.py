"""The panel from which a site is run: Django's admin in our dress, and what it does at once to live sockets."""
