"""Fills what comes from the code into the pages of docs/howto/equipment/: `python -m tools.fill_equipment_guides`."""

import os
import sys
from importlib import import_module

import django


def main() -> None:
    """Fill all pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spotcoffee.project.settings")
    django.setup()
    # Sentences can be read only now.
    guides = import_module("tools.equipment_guides")
    for path, page in guides.all_pages():
        path.write_text(page)
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
