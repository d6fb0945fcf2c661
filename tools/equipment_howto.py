"""Fills what comes from the code into the pages of docs/howto/equipment/: `python -m tools.equipment_howto`."""

import os
import sys
from importlib import import_module

import django


def main() -> None:
    """Fill all pages, and the front one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spotcoffee.project.settings")
    django.setup()
    # Sentences can be read only now.
    pages = import_module("tools.equipment_pages")
    for path, page in pages.all_pages():
        path.write_text(page)
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
