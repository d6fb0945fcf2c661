"""What a hostile browser brings in the name of each kind of equipment: a plain refusal or a harmless page, no more.

Each parameter that a golden visit of tools/equipment_visits.py has is spoilt in turn, in each way.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import quote_plus, urlsplit

import pytest
from tests import factories
from tests.web.portal.desk import HOST, Answer, Place, open_place
from tools.equipment_visits import SECRET, VISITS

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import uam
from spotcoffee.storage.models import Admission, Attempt, Order, Session, Ticket
from spotcoffee.web.portal.adapters import ADAPTERS

CODE: Final = "K7QM3XWF9T"
MARK: Final = "REFLECTED"
SIGNED: Final = (Equipment.GATEWAY, Equipment.COOVACHILLI)
# Where a login may go: the hosts of the golden visits, each kind's own.
HOSTS: Final = {
    Equipment.GATEWAY: "10.1.0.1",
    Equipment.COOVACHILLI: "10.1.0.1",
    Equipment.MIKROTIK: "10.5.50.1",
    Equipment.OPENNDS: "10.77.0.1",
    Equipment.PFSENSE: "192.168.1.1",
    Equipment.OPNSENSE: "192.168.1.1",
    Equipment.UNIFI: "",
    Equipment.OMADA: "",
    Equipment.CISCO: "192.0.2.1",
    Equipment.ARUBA: "securelogin.arubanetworks.com",
    Equipment.RUCKUS: "10.0.0.2",
    Equipment.FORTINET: "192.168.1.99",
    Equipment.MERAKI: "n143.network-auth.com",
    Equipment.CAMBIUM: "10.0.0.5",
}
SPOILT: Final = {
    "another site, without a scheme": "//evil.example/REFLECTED",
    "the same with a backslash": "/\\evil.example/REFLECTED",
    "another host": "evil.example",
    "another site": "http://evil.example/REFLECTED",
    "another site as a user's name": "http://10.1.0.1@evil.example/REFLECTED",
    "a script": "javascript:alert('REFLECTED')",
    "markup": "\"'><script>REFLECTED</script>",
    "a line break": "http://example.org/\r\nSet-Cookie: REFLECTED=1",
    "8 kB": "http://example.org/REFLECTED" + "a" * 8_000,
    "nothing": "",
    "digits without end": "9" * 400,
}


@pytest.fixture(params=ADAPTERS, ids=lambda kind: kind.value)
def kind(request: pytest.FixtureRequest) -> Equipment:
    found: Equipment = request.param
    return found


@pytest.fixture
def at(place: Place, kind: Equipment) -> Place:
    """A café with this equipment, and a ticket that works there."""
    columns = {"name": "Terrasse", "equipment": kind.value, "nas_identifier": None, "address": "127.0.0.7"}
    if kind in (Equipment.UNIFI, Equipment.OMADA):
        account = {"controller_user": "spot", "controller_secret_sealed": factories.KEYS.seal("secret")}
        columns |= {"controller_url": "https://controller.example", **account}
    made = open_place(place.owner, portal_secret_sealed=factories.KEYS.seal(SECRET), **columns)
    made.ticket(CODE)
    return made


def path(at: Place, kind: Equipment, query: str) -> str:
    """The address that the equipment sends a browser to. query: as it stands in it; of openNDS, inside `fas`."""
    if kind in SIGNED:
        return uam.sign(f"http://{HOST}{at.path}?{query}", SECRET).removeprefix(f"http://{HOST}")
    return f"{at.path}?{query}"


def golden(kind: Equipment) -> dict[str, str]:
    """What the equipment says, by name."""
    if kind is Equipment.OPENNDS:
        pairs = b64decode(VISITS[kind]["fas"]).decode().split(", ")
        return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
    return dict(VISITS[kind])


def queries(kind: Equipment, value: str) -> Iterator[str]:
    """The golden visit with one parameter after the other spoilt."""
    for name in golden(kind):
        yield written(kind, golden(kind) | {name: value})


def written(kind: Equipment, fields: dict[str, str]) -> str:
    if kind is Equipment.OPENNDS:
        said = ", ".join(f"{name}={value}" for name, value in fields.items())
        return f"fas={quote_plus(b64encode(said.encode()).decode())}"
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items())


def leads(answer: Answer) -> list[str]:
    """Where an answer sends the browser, or lets its forms and links go."""
    found = re.findall(r'<(?:form|a)\b[^>]*? (?:action|href)="([^"]*)"', answer.text)
    return [unescape(url) for url in found] + [answer.location] * bool(answer.location)


def is_harmless(answer: Answer, kind: Equipment) -> bool:
    """Whether it leads to the portal itself or to this equipment, and is no fault of ours."""
    hosts = {urlsplit(url.replace("\\", "/")).netloc.rpartition("@")[2].partition(":")[0] for url in leads(answer)}
    schemes = {urlsplit(url).scheme for url in leads(answer)}
    return answer.status < 500 and hosts <= {"", HOST, HOSTS[kind]} and schemes <= {"", "http", "https"}


def nothing_is_stored() -> bool:
    return not any(model.objects.exists() for model in (Attempt, Session, Admission, Order))


def test_the_golden_visit_gets_a_login_page(at: Place, kind: Equipment) -> None:
    answer = at.get(path(at, kind, written(kind, golden(kind))))

    assert answer.status == 200, answer.text
    assert answer.hidden()


def test_a_spoilt_parameter_is_refused_or_does_no_harm(at: Place, kind: Equipment) -> None:
    believed: list[tuple[str, Answer]] = []
    for value in SPOILT.values():
        for query in queries(kind, value):
            answer = at.get(path(at, kind, query))

            assert answer.status in (200, 400), query
            assert MARK not in answer.text + str(answer.headers), query
            assert is_harmless(answer, kind), query
            believed += [(query, answer)] * (answer.status == 200)
    assert nothing_is_stored()

    # A right code, typed into a page that was got so, goes to no stranger.
    for query, page in believed:
        answer = at.type(CODE, page)

        assert is_harmless(answer, kind), query
        assert "<script>REFLECTED" not in answer.text, query
        assert "evil.example" not in answer.location, query


def test_octets_that_are_no_text_are_refused_or_do_no_harm(at: Place, kind: Equipment) -> None:
    for name in VISITS[kind]:
        fields = "&".join(f"{key}={quote_plus(value)}" for key, value in VISITS[kind].items() if key != name)
        for broken in ("%FF%FE%C3REFLECTED", "%ED%A0%80", "%00"):
            answer = at.get(path(at, kind, f"{fields}&{name}={quote_plus(broken, safe='%')}"))

            assert answer.status in (200, 400), (name, broken)
            assert MARK not in answer.text + str(answer.headers), (name, broken)
            assert is_harmless(answer, kind), (name, broken)
    assert nothing_is_stored()


def test_a_parameter_that_stands_there_twice_is_refused(at: Place, kind: Equipment) -> None:
    for name, value in VISITS[kind].items():
        query = written(kind, golden(kind)) + f"&{quote_plus(name)}={quote_plus(value)}"

        assert at.get(path(at, kind, query)).status == 400, name
    assert nothing_is_stored()


def test_another_organisations_code_is_just_not_right(at: Place, kind: Equipment) -> None:
    elsewhere = open_place(factories.organisation("Camping des Pins"), address="127.0.0.9")
    foreign = elsewhere.ticket("QQ99QQ99QQ")

    answer = at.type("QQ99QQ99QQ", at.get(path(at, kind, written(kind, golden(kind)))))

    assert (answer.status, answer.location) == (200, "")
    assert Ticket.objects.get(pk=foreign.pk).first_login_at is None
    assert Attempt.objects.get().ticket_id is None
    assert not Session.objects.exists()
    assert not Admission.objects.exists()
