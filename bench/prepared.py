"""Run a module of the bench with Django prepared: `python -m bench.prepared seed ARGUMENTS`. Its settings stand in
the environment; a module that reads models can only be imported after.
"""

import os
import sys
from importlib import import_module

import django


def main() -> None:
    """Prepare Django, then hand over."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "spotcoffee.project.settings"
    django.setup()
    import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
