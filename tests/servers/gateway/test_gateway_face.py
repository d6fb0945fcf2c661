"""The guest's way in: what the box answers to whom."""

import asyncio
import json
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.servers.gateway.stage import ADDRESS, DEVICE, SECRET, Place, Stage, accepts, claim, play

from spotcoffee.protocols.portals import uam
from spotcoffee.protocols.radius.assigned import CHAP_CHALLENGE, CHAP_PASSWORD, USER_PASSWORD
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.packet import Attribute, Code, Packet
from spotcoffee.protocols.radius.passwords import chap_challenge, chap_matches, pap_reveal
from spotcoffee.servers.gateway.face import Face, House
from spotcoffee.servers.gateway.http import Answer, Request

PORTAL_SECRET = "between box and portal"


def face_of(place: Place) -> Face:
    house = House(
        portal="https://wifi.example/portal/3",
        secret=PORTAL_SECRET,
        address4="10.77.0.1",
        address6=None,
        port=3990,
        name="box",
        called="02-00-00-00-00-01",
        names=frozenset({"10.77.0.1"}),
        secure_url=None,
        language="fr",
    )
    return Face(place.box, house, place.clock.clocks())


def asked(
    target: str, *, host: str = "10.77.0.1", method: str = "GET", peer: str = str(ADDRESS), **headers: str
) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, target, host, host, named, peer, False)


def told(answer: Answer) -> dict[str, str]:
    """What the portal is told; the signature is right."""
    assert answer.location is not None
    uam.verify(answer.location, PORTAL_SECRET)
    return dict(parse_qsl(urlsplit(answer.location).query))


def logon(challenge: str, code: str = "TESTCODE", *, pap: bool = False) -> str:
    mixed = uam.new_challenge(bytes.fromhex(challenge), PORTAL_SECRET)
    if pap:
        return f"/logon?username={code}&password={uam.pap_hide(code.encode(), mixed).hex()}"
    return f"/logon?username={code}&response={uam.chap_response(code.encode(), mixed).hex()}&userurl=http%3A%2F%2Fx%2F"


def test_a_page_of_the_internet_leads_to_the_portal(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        face = face_of(await stage.open())
        for method in ("GET", "POST", "HEAD"):
            fields = told(await face.respond(asked("/generate_204", host="www.gstatic.com", method=method)))
            assert (fields["res"], fields["userurl"]) == ("notyet", "http://www.gstatic.com/generate_204")
            assert (fields["uamip"], fields["uamport"], fields["ip"]) == ("10.77.0.1", "3990", str(ADDRESS))
        # What isn't the box is of the Internet, whatever it asks for.
        assert told(await face.respond(asked("/logoff", host="evil.example")))["res"] == "notyet"

    play(tmp_path, scene)


def test_who_is_no_guest_gets_nothing(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        face = face_of(await stage.open())
        assert (await face.respond(asked("/", peer="203.0.113.9"))).status is HTTPStatus.FORBIDDEN

    play(tmp_path, scene)


def test_chap_is_passed_on_as_chap(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open(accepts(Session_Timeout=600))
        face = face_of(place)
        challenge = told(await face.respond(asked("/prelogin")))["challenge"]
        fields = told(await face.respond(asked(logon(challenge))))
        assert (fields["res"], fields["uid"], fields["timeleft"]) == ("success", "TESTCODE", "600")
        assert fields["userurl"] == "http://x/"
        (request,) = place.auth.packets(Code.ACCESS_REQUEST)
        assert USER_PASSWORD not in request
        assert CHAP_CHALLENGE in request
        assert chap_matches(request.first(CHAP_PASSWORD) or b"", chap_challenge(request), b"TESTCODE")
        assert request.message_authenticator_at == 22

    play(tmp_path, scene)


def test_pap_is_revealed_and_hidden_again(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        face = face_of(place)
        challenge = told(await face.respond(asked("/prelogin")))["challenge"]
        assert told(await face.respond(asked(logon(challenge, pap=True))))["res"] == "success"
        (request,) = place.auth.packets(Code.ACCESS_REQUEST)
        assert pap_reveal(request.first(USER_PASSWORD) or b"", request.authenticator, SECRET) == b"TESTCODE"

    play(tmp_path, scene)


def test_a_challenge_is_good_once_and_for_a_while(tmp_path: Path) -> None:
    def reject(packet: Packet) -> tuple[Code, list[Attribute]]:
        return Code.ACCESS_REJECT, [attribute("Reply-Message", "Non.")]

    async def scene(stage: Stage) -> None:
        place = await stage.open(reject)
        face = face_of(place)
        challenge = told(await face.respond(asked("/prelogin")))["challenge"]
        # Phones ask several times while their owner types.
        assert told(await face.respond(asked("/", host="probe.example")))["challenge"] == challenge
        refused = told(await face.respond(asked(logon(challenge))))
        assert (refused["res"], refused["reply"]) == ("failed", "Non.")
        assert refused["challenge"] != challenge
        place.clock.pass_by(601)
        late = told(await face.respond(asked(logon(refused["challenge"]))))
        assert late["res"] == "notyet"
        assert len(place.auth.packets(Code.ACCESS_REQUEST)) == 1

    play(tmp_path, scene)


def test_a_second_click_waits_for_the_first(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        place.auth.deaf = 1
        face = face_of(place)
        challenge = told(await face.respond(asked("/prelogin")))["challenge"]
        answers = await asyncio.gather(*(face.respond(asked(logon(challenge))) for _ in range(2)))
        assert [told(answer)["res"] for answer in answers] == ["success", "success"]
        assert len(place.box.guests) == 1
        assert len(set(place.auth.heard)) == 1

    play(tmp_path, scene)


def test_who_is_on_hears_so_and_can_go(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        face = face_of(place)
        await place.box.log_in(claim())
        already = told(await face.respond(asked("/status")))
        assert already["res"] == "already"
        assert "challenge" not in already
        assert told(await face.respond(asked("/logout")))["res"] == "logoff"
        assert DEVICE not in place.box.guests

    play(tmp_path, scene)


def test_without_a_server_a_page_says_so_in_the_guests_language(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        face = face_of(place)
        place.box.client.away = True
        led = await face.respond(asked("/", host="captive.apple.com"))
        assert led.location == "http://10.77.0.1:3990/repair"
        for language, words in (("fr-CH, en;q=0.5", "réparation"), ("en", "repaired"), ("ja", "réparation")):
            page = await face.respond(asked("/repair", accept_language=language))
            assert page.status is HTTPStatus.SERVICE_UNAVAILABLE
            assert words in page.body
        place.box.client.away = False
        assert told(await face.respond(asked("/repair")))["res"] == "notyet"

    play(tmp_path, scene)


def test_json_as_portals_know_it(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open(accepts(Session_Timeout=600))
        face = face_of(place)
        status = json.loads((await face.respond(asked("/json/status"))).body)
        assert (status["clientState"], len(status["challenge"])) == (0, 32)
        target = logon(status["challenge"]).replace("/logon", "/json/logon") + "&callback=jsonp_1"
        answer = await face.respond(asked(target))
        assert answer.body.startswith("/**/jsonp_1({")
        on = json.loads(answer.body.removeprefix("/**/jsonp_1(").removesuffix(");"))
        assert (on["clientState"], on["session"]["sessionTimeout"]) == (1, 600)
        assert (await face.respond(asked("/json/status?callback=alert(1)"))).status is HTTPStatus.BAD_REQUEST

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/logon", HTTPStatus.BAD_REQUEST),
        ("/logon?username=x&response=zz", HTTPStatus.BAD_REQUEST),
        ("/logon?username=x&response=00", HTTPStatus.BAD_REQUEST),
        ("/logon?username=x&username=y&response=00", HTTPStatus.BAD_REQUEST),
        ("/favicon.ico", HTTPStatus.NOT_FOUND),
        ("/../etc/passwd", HTTPStatus.NOT_FOUND),
    ],
)
def test_garbage_is_refused(tmp_path: Path, target: str, status: HTTPStatus) -> None:
    async def scene(stage: Stage) -> None:
        face = face_of(await stage.open())
        assert (await face.respond(asked(target))).status is status

    play(tmp_path, scene)
