"""`spotcoffee web`: over HTTPS with a certificate of its own, and honest about its database."""

import json
import ssl
from http.client import HTTPConnection

import pytest
from tests.cli.commands import Site, children_of, free_port, is_alive, until


def answers(site: Site, *, scheme: str = "https") -> bool:
    return site.get("/api/v1/health", scheme=scheme)[0] != 0


def test_it_serves_over_https_with_a_certificate_that_names_this_machine(ready_site: Site) -> None:
    with ready_site.running("web"):
        until(lambda: answers(ready_site), what="web")
        trusting = ssl.create_default_context(cafile=str(ready_site.data / "tls_cert.pem"))

        status, text = ready_site.get("/api/v1/health", tls=trusting)

    assert (status, json.loads(text)["status"]) == (200, "ok")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_tls_1_2_is_the_oldest(ready_site: Site) -> None:
    def only(version: ssl.TLSVersion) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(ready_site.data / "tls_cert.pem"))
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = version
        return context

    with ready_site.running("web"):
        until(lambda: answers(ready_site), what="web")

        assert ready_site.get("/api/v1/health", tls=only(ssl.TLSVersion.TLSv1_2))[0] == 200
        assert ready_site.get("/api/v1/health", tls=only(ssl.TLSVersion.TLSv1_1))[0] == 0


def test_behind_a_proxy_it_serves_plain_http_and_makes_no_certificate(ready_site: Site) -> None:
    ready_site.settings["WEB_TLS"] = "off"
    with ready_site.running("web"):
        until(lambda: answers(ready_site, scheme="http"), what="web")

        assert ready_site.get("/metrics", scheme="http")[0] == 200

    assert not (ready_site.data / "tls_cert.pem").exists()


def test_a_database_that_is_away_shows_as_degraded(site: Site) -> None:
    site.settings["DATABASE_URL"] = f"postgresql://wifi@127.0.0.1:{free_port()}/wifi"
    with site.running("web"):
        until(lambda: answers(site), what="web")

        status, text = site.get("/api/v1/health")
        figures = site.get("/metrics")[1]

    assert status == 503
    assert json.loads(text)["store"] == {"kind": "postgresql", "status": "unreachable"}
    assert "spotcoffee_store_up 0.0" in figures


def test_a_killed_server_leaves_no_worker_on_the_port(ready_site: Site) -> None:
    with ready_site.running("web") as web:
        until(lambda: answers(ready_site), what="web")
        workers = list(children_of(web.pid).values())
        assert workers

        web.kill()
        web.wait()

        until(lambda: not any(is_alive(pid) for pid in workers), what="the workers' end")
        until(lambda: not answers(ready_site), what="the free port")


def test_an_address_that_is_not_ours_is_said_in_one_line(ready_site: Site) -> None:
    ready_site.settings["WEB_BIND"] = "192.0.2.77:8443"

    done = ready_site.do("web")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "192.0.2.77" in done.stderr


def test_a_port_that_is_taken_is_said_in_one_line(ready_site: Site) -> None:
    with ready_site.running("web"):
        until(lambda: answers(ready_site), what="web")

        done = ready_site.do("web")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(ready_site.port) in done.stderr


def test_a_host_that_is_not_in_the_list_gets_no_page(ready_site: Site) -> None:
    ready_site.settings |= {"WEB_TLS": "off", "HOSTS": "wifi.example"}
    with ready_site.running("web"):
        until(lambda: answers(ready_site, scheme="http"), what="web")

        assert status_for(ready_site, host="wifi.example") == 200
        assert status_for(ready_site, host="evil.example") == 400


def status_for(site: Site, *, host: str) -> int:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=5)
    try:
        connection.request("GET", "/api/v1/health", headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()
