"""For each kind of equipment one guest's life, as that maker tells it, and exactly what his ticket is charged."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from typing import Any, Final, Protocol

import pytest
from tests.servers.controllers.controller_life import OmadaLife, OpenNdsLife, UnifiLife
from tests.servers.radius.life_files import FOLDER, Life, Step, datagram_of, read_life, with_octets
from tests.servers.radius.radius_life import RadiusLife, shown

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import decode
from spotcoffee.storage.models import Session, Ticket

pytestmark = pytest.mark.django_db


class Player(Protocol):
    """A kind of road on which equipment tells of a guest."""

    @property
    def ticket(self) -> Ticket: ...

    def close(self) -> None: ...

    def pass_to(self, at: int) -> None: ...

    def happen(self, step: Step) -> None: ...


# The others speak RADIUS.
PLAYERS: Final[dict[Equipment, Callable[[str, Life], Player]]] = {
    Equipment.UNIFI: UnifiLife,
    Equipment.OMADA: OmadaLife,
    Equipment.OPENNDS: OpenNdsLife,
}


@pytest.mark.parametrize("equipment", Equipment)
def test_a_life_on_each_kind_of_equipment_is_charged_exactly(equipment: Equipment) -> None:
    life = read_life(equipment.value)
    with closing(PLAYERS.get(equipment, RadiusLife)(equipment.value, life)) as player:
        for step in life.steps:
            player.pass_to(step.at)
            player.happen(step)
        player.pass_to(life.until)

    session, ticket = shown(player.ticket, seconds=life.until)

    assert said_of(session, life.session) == life.session
    assert said_of(ticket, life.ticket) == life.ticket
    # A life that says too little proves nothing.
    assert {"end_cause", "time", "charged_time", "down", "up"} <= life.session.keys()
    assert {"state", "used_time", "used_down", "used_up", "left_time"} <= life.ticket.keys()
    assert (session.ended_at is not None, ticket.open_sessions) == (True, 0)
    # No Accept stays behind that nothing came of.
    assert not Session.objects.filter(ticket_id=player.ticket.pk, began_at=None).exists()


def said_of(view: Any, names: dict[str, Any]) -> dict[str, Any]:
    """What a view says under these names."""
    return {name: asdict(view)[name] for name in names}


@pytest.mark.parametrize("equipment", [kind for kind in Equipment if kind not in PLAYERS])
def test_the_octets_of_a_life_are_what_its_lines_say(equipment: Equipment) -> None:
    file = FOLDER / f"{equipment.value}.txt"
    if os.environ.get("SPOTCOFFEE_TEST_GOLDEN") == "write":
        file.write_text(with_octets(equipment.value), encoding="utf-8")
    packets = [step for step in read_life(equipment.value).steps if step.word == "vector"]

    assert packets
    for step in packets:
        assert step.datagram == datagram_of(step), step.argument
        assert describe(decode(step.datagram)) == step.shown, step.argument


def test_there_is_a_life_of_each_kind_and_of_nothing_else() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == {equipment.value for equipment in Equipment}
