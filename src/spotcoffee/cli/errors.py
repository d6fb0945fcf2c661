"""How a command fails: one line on standard error that says why, exit status 1, nothing changed."""

import argparse
import sys
from collections.abc import Callable
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError

from spotcoffee.domain.units import UnreadableQuantity
from spotcoffee.project.environment import Settings
from spotcoffee.services.errors import Invalid, ServiceError
from spotcoffee.storage.keys import KeysUnusable

Run = Callable[[argparse.Namespace, Settings], int]

# What to do about some refusals, by code.
_MENDS: Final = {
    "no_organisation_yet": "make the first with `spotcoffee user add --organisation NAME EMAIL`",
    "several_organisations": "say which with --organisation NAME",
    "no_such_access_point": "`spotcoffee access-point ls` lists them",
    "no_such_offer": "`spotcoffee offer ls` lists them",
    "no_such_list": "`spotcoffee list ls` lists them",
}
_EXAMPLES: Final = {"duration": "2h, 90min or 1j", "rate": "2M or 512k", "volume": "500M or 1,5 GB"}


def guarded(run: Run, arguments: argparse.Namespace, settings: Settings) -> int:
    """Run a command; expected failures become one line."""
    try:
        return run(arguments, settings)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        return 0
    except (
        ServiceError,
        KeysUnusable,
        UnreadableQuantity,
        DatabaseError,
        OSError,
        ImproperlyConfigured,
    ) as error:
        sys.stderr.write(f"spotcoffee: {in_words(error)}\n")
        return 1


def in_words(error: Exception) -> str:
    """One line for a person."""
    match error:
        case Invalid():
            return "; ".join(f"{field}: {code.replace('_', ' ')}" for field, code in error.faults)
        case ServiceError():
            details = ", ".join(f"{key} {value}" for key, value in error.fields.items())
            said = error.code.replace("_", " ") + (f": {details}" if details else "")
            return f"{said}; {_MENDS[error.code]}" if error.code in _MENDS else said
        case KeysUnusable():
            return f"the key file {error.path} is {error.code}; restore it from your backup of the data folder"
        case UnreadableQuantity():
            return f"{error.text!r} is no {error.kind}; write it as {_EXAMPLES[error.kind]}"
        case OperationalError():
            return f"the database can't be used: {_first_line(error)}; try `spotcoffee check`"
        case _:
            return _first_line(error)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
