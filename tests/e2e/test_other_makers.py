"""Other makers' RADIUS before our server: FreeRADIUS as a proxy in front, hostapd's eapol_test as a client."""

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.e2e.conftest import Build, opened
from tests.e2e.house import House, Server, free_ports, missing, until
from tests.radius_peer import PATIENCE, SECRET

FREERADIUS: Final = "/usr/sbin/freeradius"
EAPOL_TEST: Final = "/usr/bin/eapol_test"
# Where the proxy sends from: the access point of those behind it.
PROXY: Final = "127.0.42.1"
CLIENT: Final = "127.0.0.1"
OUTER: Final = "the proxy's own secret"

_CONFIGURATION: Final = """
name = proxy
libdir = /usr/lib/freeradius
logdir = {folder}
run_dir = {folder}
max_request_time = 30
log {{ destination = stdout }}
thread pool {{ start_servers = 2  max_servers = 2  min_spare_servers = 1  max_spare_servers = 2 }}
security {{ allow_core_dumps = no  max_attributes = 200  reject_delay = 0  status_server = yes }}
proxy_requests = yes
home_server ours_auth {{
    type = auth
    ipaddr = 127.0.0.1
    port = {server.auth}
    secret = "{secret}"
    src_ipaddr = {source}
    status_check = status-server
    check_interval = 6
}}
home_server ours_acct {{
    type = acct
    ipaddr = 127.0.0.1
    port = {server.acct}
    secret = "{secret}"
    src_ipaddr = {source}
    status_check = status-server
    check_interval = 6
}}
home_server_pool auth {{ home_server = ours_auth }}
home_server_pool acct {{ home_server = ours_acct }}
realm ours {{ auth_pool = auth  acct_pool = acct  nostrip }}
client equipment {{ ipaddr = {client}  secret = "{outer}"  require_message_authenticator = no }}
server default {{
    listen {{ type = auth  ipaddr = {client}  port = {auth} }}
    listen {{ type = acct  ipaddr = {client}  port = {acct} }}
    authorize {{ update control {{ Proxy-To-Realm := "ours" }} }}
    preacct {{ update control {{ Proxy-To-Realm := "ours" }} }}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """FreeRADIUS in front of our server."""

    process: "subprocess.Popen[str]"
    auth: int
    acct: int

    def ask(self, command: str, *attributes: str) -> str:
        """What radclient, behind it, receives."""
        port = self.acct if command == "acct" else self.auth
        done = subprocess.run(
            ["radclient", "-x", "-r", "10", "-t", "1", f"{CLIENT}:{port}", command, OUTER],
            input=", ".join(attributes), capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        return done.stdout


@pytest.fixture(scope="module")
def house(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(build("sqlite", tmp_path_factory.mktemp("house"))) as made:
        yield made


@pytest.fixture(scope="module")
def server(house: House) -> Server:
    return house.start()


def _one_line_each(text: str) -> str:
    """FreeRADIUS takes one setting a line."""
    return re.sub(r"([{}])", r"\n\1\n", text.replace("  ", "\n")).replace("\n{\n", " {\n")


@pytest.fixture(scope="module")
def proxy(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    if not Path(FREERADIUS).exists():
        missing("freeradius")
    folder = tmp_path_factory.mktemp("freeradius")
    auth, acct = free_ports()
    text = _CONFIGURATION.format(
        folder=folder, server=server, secret=SECRET, source=PROXY, client=CLIENT, outer=OUTER, auth=auth, acct=acct
    )
    (folder / "radiusd.conf").write_text(_one_line_each(text))
    log = folder / "log.txt"
    with log.open("w") as out:
        command = ["setpriv", "--pdeathsig=KILL", FREERADIUS, "-f", "-d", str(folder), "-n", "radiusd", "-l", "stdout"]
        process = subprocess.Popen(command, stdout=out, stderr=out, text=True)
    try:
        until(lambda: "Ready to process requests" in log.read_text() or process.poll() is not None, "FreeRADIUS")
        assert process.poll() is None, log.read_text()[-3_000:]
        yield Proxy(process, auth, acct)
    finally:
        process.kill()
        process.wait(PATIENCE)


def test_a_guest_behind_a_proxy_is_let_in_counted_and_refused(house: House, server: Server, proxy: Proxy) -> None:
    point = house.access_point(PROXY)
    with server.peer(PROXY) as peer:
        peer.status(server.auth, repeat_after=0.02)
    ticket, code = house.ticket(house.offer(point, credit=7_200))
    station = 'Calling-Station-Id = "AA-BB-CC-DD-EE-02"'
    asked = (f'User-Name = "{code}"', f'User-Password = "{code}"', station, "Message-Authenticator = 0x00")

    accepted = proxy.ask("auth", *asked)

    assert "Received Access-Accept" in accepted
    assert "Session-Timeout = 7200" in accepted
    # Its Proxy-State came back to the proxy, and went no further.
    assert "Proxy-State" not in accepted
    named = re.search(r"Class = (0x[0-9a-f]+)", accepted)
    assert named is not None
    reports = (f'User-Name = "{code}"', station, 'Acct-Session-Id = "s1"', f"Class = {named[1]}")
    for status, seconds in (("Start", 0), ("Interim-Update", 60), ("Stop", 90)):
        told = f"Acct-Status-Type = {status}", f"Acct-Session-Time = {seconds}", "Acct-Output-Octets = 5000"
        assert "Received Accounting-Response" in proxy.ask("acct", *reports, *told), status
    used = house.row("SELECT used_time, used_down FROM hotspot_ticket WHERE id = ?", ticket)
    assert used == {"used_time": 90, "used_down": 5_000}
    assert "Received Access-Reject" in proxy.ask("auth", 'User-Name = "NOSUCHCODE"', 'User-Password = ""', station)


def test_eapol_test_reads_our_refusal_of_eap(house: House, server: Server, tmp_path: Path) -> None:
    if not Path(EAPOL_TEST).exists():
        missing("eapoltest")
    point = house.access_point(CLIENT)
    _, code = house.ticket(house.offer(point, credit=7_200))
    with server.peer(CLIENT) as peer:
        peer.status(server.auth, repeat_after=0.02)
    profile = tmp_path / "eap.conf"
    profile.write_text(f'network={{\n key_mgmt=IEEE8021X\n eap=MD5\n identity="{code}"\n password="{code}"\n}}\n')

    began = time.monotonic()
    done = subprocess.run(
        [EAPOL_TEST, "-c", str(profile), "-a", CLIENT, "-p", str(server.auth), "-s", SECRET, "-t", "10", "-n"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    # It verified our Message-Authenticator and our answer's own, and did not wait in vain.
    assert "code=3 (Access-Reject)" in done.stdout, done.stdout[-2_000:]
    assert "Invalid Message-Authenticator" not in done.stdout
    assert "Incoming RADIUS packet did not have correct" not in done.stdout
    assert done.stdout.rstrip().endswith("FAILURE")
    assert time.monotonic() - began < 8
    # Nothing was looked up, nothing consumed.
    assert house.row("SELECT count(*) AS n FROM hotspot_session WHERE access_point_id = ?", point) == {"n": 0}
