#!/usr/bin/env python
"""Parley's command line: `python manage.py help` lists the commands."""

import os
import sys


def adopt_port(arguments: list[str]) -> None:
    """Let `serve --port 9000` also decide on the default of `PUBLIC_URL`.

    Settings are read before a command sees its options. Without this, the page on port 9000
    would be a stranger to a site that believes it lives on port 8000.
    """
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--port":
            following = arguments[position + 1 : position + 2]
            os.environ["PORT"] = value if equals else "".join(following)
    if arguments[:1] == ["runserver"]:
        for argument in arguments[1:]:
            port = argument.rpartition(":")[2]
            if not argument.startswith("-") and port.isdecimal():
                os.environ["PORT"] = port


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    adopt_port(sys.argv[1:])

    from django.core.management import execute_from_command_line  # after the environment is set

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
