"""The end of a radius process, sudden or in order, under load: what was answered is stored, what is stored is once."""

import random
import time

from tests.e2e.house import House
from tests.e2e.load import loaded

ROUNDS = {"sqlite": 20, "postgresql": 8}
# Answers that a round needs before its end.
ANSWERS = 60
# Seconds that a batch may be under way when the end comes: before, in and after its commit.
LATEST = 0.02


def test_kill_minus_nine_loses_no_answered_report_and_charges_none_twice(any_house: House) -> None:
    server = any_house.start()
    ports = server.auth, server.acct
    chance = random.Random(9)
    with loaded(any_house, server) as load:
        for _ in range(ROUNDS[any_house.kind]):
            load.hear_more(ANSWERS + chance.randrange(200))
            load.send()
            time.sleep(chance.uniform(0, LATEST))
            server.kill()
            load.hear_all()
            load.check()
            server = any_house.start(ports=ports)
        load.finish()
        load.check_exactly()
    assert server.stop() == 0


def test_an_orderly_end_answers_what_it_took_and_nothing_else_is_stored(any_house: House) -> None:
    server = any_house.start()
    ports = server.auth, server.acct
    with loaded(any_house, server) as load:
        for _ in range(2):
            load.hear_more(ANSWERS)
            server.process.terminate()
            # The guests go on asking while it ends.
            load.run(server.has_ended)
            assert server.stop() == 0
            load.hear_all()
            load.check_exactly()
            server = any_house.start(ports=ports)
        load.finish()
        load.check_exactly()
        assert server.logged("request_failed") == []
