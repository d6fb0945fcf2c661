"""`spotcoffee run`: everything one site needs, kept alive, and ended together."""

import json
import os
import re
import signal
import time
from pathlib import Path

from tests.cli.commands import Site, children_of, is_alive, until

PARTS = {"radius", "web", "worker"}


def kinds_alive(site: Site) -> set[str]:
    status, text = site.get("/api/v1/health")
    if status == 0:
        return set()
    return {process["kind"] for process in json.loads(text)["processes"] if process["alive"]}


def parts_run(site: Site) -> bool:
    return {"radius", "worker"} <= kinds_alive(site)


def test_it_starts_from_nothing_and_ends_in_order(site: Site) -> None:
    with site.running("run") as run:
        until(lambda: parts_run(site), what="all parts")
        children = children_of(run.pid)
        assert set(children) == PARTS

        run.send_signal(signal.SIGTERM)

        assert run.wait(30) == 0
    assert not any(is_alive(pid) for pid in children.values())


def test_the_first_start_says_where_to_begin_and_that_address_opens(site: Site, tmp_path: Path) -> None:
    printed = tmp_path / "printed.txt"
    with printed.open("w") as log, site.running("run", log=log):
        until(lambda: "To begin, open" in printed.read_text(), what="the address of the setup")
        found = re.search(rf"https://localhost:{site.port}(/setup/\S+/)", printed.read_text())
        assert found
        until(lambda: site.get(found[1])[0] == 200, what="the first step")


def test_a_part_that_dies_is_started_again_and_the_others_go_on(site: Site) -> None:
    with site.running("run") as run:
        until(lambda: parts_run(site), what="all parts")
        before = children_of(run.pid)

        os.kill(before["radius"], signal.SIGKILL)

        until(lambda: children_of(run.pid).get("radius", before["radius"]) != before["radius"], what="a new radius")
        after = children_of(run.pid)
        assert (after["web"], after["worker"]) == (before["web"], before["worker"])


def test_a_part_that_keeps_dying_ends_all_with_1(site: Site) -> None:
    with site.running("run") as run:
        killed: set[int] = set()
        until(lambda: set(children_of(run.pid)) == PARTS, what="all parts")
        while run.poll() is None:
            radius = children_of(run.pid).get("radius")
            if radius is not None and radius not in killed:
                killed.add(radius)
                os.kill(radius, signal.SIGKILL)
            time.sleep(0.01)

        assert run.returncode == 1
        assert len(killed) == 3


def test_the_parts_end_with_a_killed_parent(site: Site) -> None:
    with site.running("run") as run:
        until(lambda: parts_run(site), what="all parts")
        children = children_of(run.pid)

        run.kill()
        run.wait()

        until(lambda: not any(is_alive(pid) for pid in children.values()), what="the parts' end")
