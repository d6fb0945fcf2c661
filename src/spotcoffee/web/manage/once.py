"""A secret that a page shows once, after the change that made it: kept sealed in the session until then."""

import base64

from spotcoffee.storage.keys import SealBroken
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import keys

_PREFIX = "once."


def keep(visit: Visit, name: str, secret: str) -> None:
    """Keep a secret for the next page that takes it by this name."""
    visit.session[_PREFIX + name] = base64.b64encode(keys().seal(secret)).decode()


def take(visit: Visit, name: str) -> str | None:
    """The secret, this once; None where there is none."""
    sealed = visit.session.pop(_PREFIX + name, None)
    if sealed is None:
        return None
    try:
        return keys().unseal(base64.b64decode(sealed))
    except (SealBroken, ValueError):
        return None
