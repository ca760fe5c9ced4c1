"""Run a module with Django set up: `python -m tests.bench.under_django <settings> <module> [arguments]`."""

import os
import runpy
import sys

import django

if __name__ == "__main__":
    _, os.environ["DJANGO_SETTINGS_MODULE"], module, *rest = sys.argv
    django.setup()
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__")
