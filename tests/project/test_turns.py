"""Addresses are served in turn."""

import asyncio

from spotcoffee.project.turns import Turns


async def _waits(turns: Turns, address: str, served: list[str]) -> None:
    await turns.take(address)
    served.append(address)
    turns.leave()


def test_a_crowd_at_one_address_lets_others_go_before() -> None:
    async def check() -> list[str]:
        turns, served = Turns(1), list[str]()
        await turns.take("someone")
        waiting = [asyncio.create_task(_waits(turns, "crowd", served)) for _ in range(4)]
        waiting += [asyncio.create_task(_waits(turns, name, served)) for name in ("alice", "bob")]
        await asyncio.sleep(0)
        turns.leave()
        await asyncio.gather(*waiting)
        return served

    assert asyncio.run(check()) == ["crowd", "alice", "bob", "crowd", "crowd", "crowd"]


def test_who_went_away_takes_no_place() -> None:
    async def check() -> list[str]:
        turns, served = Turns(1), list[str]()
        await turns.take("someone")
        gone, stays = (asyncio.create_task(_waits(turns, name, served)) for name in ("gone", "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        turns.leave()
        await asyncio.wait_for(stays, 5)
        await asyncio.wait_for(_waits(turns, "next", served), 5)
        return served

    assert asyncio.run(check()) == ["stays", "next"]


def test_who_went_away_just_as_his_turn_came_gives_his_place_back() -> None:
    async def check() -> None:
        turns = Turns(1)
        await turns.take("someone")
        gone = asyncio.create_task(turns.take("gone"))
        await asyncio.sleep(0)
        turns.leave()
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await asyncio.wait_for(turns.take("next"), 5)

    asyncio.run(check())
