"""`python -m bench.prepared portal_place`: a UAM gateway with its offer and a ticket; prints the place and the code.

Its page has all that a page can have: a logo that nothing makes small, a welcome, conditions as long as they may be.
"""

import io
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PIL import Image
from tests import factories
from tests.web.portal.slow_clients import NAS_IDENTIFIER, UAM_SECRET

from spotcoffee.services import portal_look
from spotcoffee.services.callers import Caller
from spotcoffee.services.portal_look import MOST_CONDITIONS, MOST_WELCOME
from spotcoffee.storage.models import Organisation
from spotcoffee.storage.queries.access_points import bump_version
from spotcoffee.web.surroundings import keys

CODE: Final = "K7QM3XWF9T"


def main(_argv: Sequence[str]) -> None:
    """Make it."""
    owner = Organisation.objects.get()
    point = factories.access_point(
        owner,
        "Café du Quai",
        address="127.0.0.2",
        equipment="coovachilli",
        nas_identifier=NAS_IDENTIFIER,
        portal_secret_sealed=keys().seal(UAM_SECRET),
        created_at=datetime.now(UTC),
    )
    offer = factories.offer(owner, point, credit=7_200)
    factories.ticket(factories.ticket_list(offer), CODE, keys=keys())
    look = {
        "logo": _logo(),
        "welcome": {"fr": "Bienvenue. " * (MOST_WELCOME // 11)},
        "conditions": {"fr": "Le Wi-Fi est à vous. " * (MOST_CONDITIONS // 21)},
        "must_accept": False,
    }
    portal_look.save(Caller(owner.pk, "bench"), look, now=datetime.now(UTC))
    bump_version()
    sys.stdout.write(json.dumps([point.pk, CODE]) + "\n")


def _logo() -> bytes:
    """Noise: the worst that PNG can be given."""
    picture = Image.effect_noise((400, 120), 80).convert("RGB")
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
