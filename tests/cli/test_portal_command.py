"""`spotcoffee portal`: the guest's pages alone, in plain HTTP, on an address of their own."""

import socket
import time
from contextlib import ExitStack
from http.client import HTTPConnection

from tests.cli.commands import Site, children_of, free_port, until


def status(port: int, path: str, *, host: str = "127.0.0.1") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", "") or answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def test_it_serves_the_portal_and_neither_staff_pages_nor_the_api(ready_site: Site) -> None:
    port = free_port()
    ready_site.settings["PORTAL_BIND"] = f"127.0.0.1:{port}"
    with ready_site.running("portal"):
        until(lambda: status(port, "/portal/")[0] == 200, what="portal")

        for path in ("/", "/account/login/", "/api/v1/health", "/metrics", "/static/portal/portal.css", "/portal/1"):
            code, text = status(port, path)
            assert code == 404, path
            assert "csrf" not in text


def test_another_hosts_page_is_led_to_it(ready_site: Site) -> None:
    port = free_port()
    ready_site.settings["PORTAL_BIND"] = f"127.0.0.1:{port}"
    with ready_site.running("portal"):
        until(lambda: status(port, "/portal/")[0] == 200, what="portal")

        assert status(port, "/hotspot-detect.html", host="captive.apple.com") == (
            302,
            f"http://127.0.0.1:{port}/portal/",
        )


def test_guests_that_drip_hold_nobody_up(ready_site: Site) -> None:
    port = free_port()
    ready_site.settings["PORTAL_BIND"] = f"127.0.0.1:{port}"
    head = b"POST /portal/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
    with ready_site.running("portal"), ExitStack() as open_ones:
        until(lambda: status(port, "/portal/")[0] == 200, what="portal")
        for number in range(200):
            slow = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
            # Half of them have said all but the body, half not even all of the head.
            slow.sendall(head + b"\r\na" if number % 2 else head)

        began = time.monotonic()
        answer = status(port, "/portal/")

        assert (answer[0], time.monotonic() - began < 1) == (200, True)


def test_without_an_address_it_says_so_in_one_line(ready_site: Site) -> None:
    done = ready_site.do("portal")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "SPOTCOFFEE_PORTAL_BIND" in done.stderr


def test_run_starts_it_where_it_has_an_address(ready_site: Site) -> None:
    ready_site.settings["PORTAL_BIND"] = f"127.0.0.1:{free_port()}"
    with ready_site.running("run") as run:
        until(lambda: "portal" in children_of(run.pid), what="portal")


def test_the_main_web_serves_the_portal_too(ready_site: Site) -> None:
    with ready_site.running("web"):
        until(lambda: ready_site.get("/api/v1/health")[0] != 0, what="web")

        status_there, text = ready_site.get("/portal/")

    assert status_there == 200
    assert "portal/style/" in text
