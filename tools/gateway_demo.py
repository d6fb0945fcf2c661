"""`make gateway-demo`: a whole hotspot on this machine, in network namespaces; its own network is not touched.

A phone, a box with the gateway, and an Internet with the server. Ctrl-C ends it and removes everything. With --walk it
walks through by itself, says what it sees, and ends.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django
from tests.lab.namespaces import BOX4, BOX6, INTERNET4, UPLINK4, WALLED4, Lab, Namespace, NamespacesMissing, require

from spotcoffee.project.certificate import own_certificate

if TYPE_CHECKING:
    from tools.gateway_furniture import Furnished

SERVER4: Final = WALLED4
PORTAL_PORT: Final = 8080
# Not the usual one: `make run` may be there.
WEB_BIND: Final = "127.0.0.1:9443"
NAME: Final = "wifi.demo.example"
PAGE: Final = "http://www.demo.example/"
UAM: Final = f"http://{BOX4.ip}:3990"
EMAIL: Final = "demo@example.org"
PASSWORD: Final = "demo-demo-demo"  # noqa: S105 - printed, and worth nothing elsewhere
PATIENCE: Final = 40.0
DHCP_CONFIG: Final = """option captive-portal code 114 = text;
request subnet-mask, routers, domain-name-servers, captive-portal;
"""
DHCP_SCRIPT: Final = """#!/bin/sh
[ "$reason" = BOUND ] || exit 0
ip addr add "$new_ip_address/$new_subnet_mask" dev "$interface"
ip route add default via "$new_routers"
echo "address $new_ip_address, router $new_routers, option 114 $new_captive_portal" > "$0.lease"
"""


class Demo:
    """Everything that is built. folder: for data and logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self.lab = Lab.built(phones=1)
        self.phone = self.lab.phones[0].namespace
        self.resolver = Path("/etc/netns") / self.phone.name

    def build(self) -> None:
        """Start everything, and connect the phone."""
        self.made = furnish(self.folder / "server")
        server = {
            "DATA": str(self.folder / "server"),
            "HOSTS": f"{SERVER4} localhost",
            "WEB_BIND": WEB_BIND,
            "RADIUS_AUTH_BIND": f"{SERVER4}:1812",
            "RADIUS_ACCT_BIND": f"{SERVER4}:1813",
            "PORTAL_BIND": f"{SERVER4}:{PORTAL_PORT}",
        }
        self.lab.internet.serve("80", "443")
        names = ["dnsmasq", "-k", "--no-hosts", "--no-resolv", f"--address=/#/{INTERNET4}", "--pid-file="]
        self._start("names", self.lab.internet, names, {})
        for command in ("radius", "portal", "worker"):
            self._product(command, self.lab.internet, server)
        # The staff pages, on the same database, where a browser of this machine reaches them.
        self._product("web", None, server)
        self._product("gateway", self.lab.box, {"DATA": str(self.folder / "box"), **self._settings()})
        self._wait_until(lambda: "gateway_ready" in (self.folder / "gateway.log").read_text(), "the gateway")
        portal = f"http://{SERVER4}:{PORTAL_PORT}/portal/{self.made.point}"
        answers = ("curl", "-sf", "-o", "/dev/null", portal)
        self._wait_until(lambda: self.lab.internet.run(*answers, check=False).returncode == 0, "the portal")
        self._connect_phone()

    def close(self) -> None:
        """End and remove everything."""
        for process in reversed(self._started):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self._started):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.lab.close()
        shutil.rmtree(self.resolver, ignore_errors=True)

    def on_phone(self, *command: str) -> str:
        """What a command prints on the phone."""
        return self.phone.run(*command, check=False).stdout

    def _settings(self) -> dict[str, str]:
        cert, key = certificate(self.folder)
        values = {
            "guest_interface": "br0",
            "uplink_interface": "wan",
            "guest_address": str(BOX4),
            "guest_address6": str(BOX6),
            "server": SERVER4,
            "secret": self.made.secret,
            "portal": f"http://{SERVER4}:{PORTAL_PORT}/portal/{self.made.point}",
            "portal_secret": self.made.portal_secret,
            "dns": INTERNET4,
            "host": NAME,
            "tls_cert": str(cert),
            "tls_key": str(key),
        }
        return {f"GATEWAY_{name.upper()}": value for name, value in values.items()}

    def _product(self, command: str, where: Namespace | None, environ: dict[str, str]) -> None:
        self._start(command, where, [sys.executable, "-m", "spotcoffee.cli", command], environ)

    def _start(self, name: str, where: Namespace | None, words: list[str], environ: dict[str, str]) -> None:
        inside = ["ip", "netns", "exec", where.name] if where else []
        own = {key: value for key, value in os.environ.items() if not key.startswith(("SPOTCOFFEE_", "DJANGO_"))}
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [*inside, "setpriv", "--pdeathsig=TERM", *words],
                env=own | {f"SPOTCOFFEE_{key}": value for key, value in environ.items()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A Ctrl-C reaches us alone; we end them in order.
                start_new_session=True,
            )
        self._started.append(process)

    def _wait_until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            dead = next((process for process in self._started if process.poll() is not None), None)
            if dead is not None or time.monotonic() > deadline:
                logs = "".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log")))
                raise SystemExit(f"{what} does not start:\n{logs}")
            time.sleep(0.05)

    def _connect_phone(self) -> None:
        """By DHCP, as any phone; names are asked where the lease says."""
        self.resolver.mkdir(parents=True)
        (self.resolver / "resolv.conf").write_text(f"nameserver {BOX4.ip}\n")
        config, script, leases = (self.folder / name for name in ("dhclient.conf", "dhclient.sh", "leases"))
        config.write_text(DHCP_CONFIG)
        script.write_text(DHCP_SCRIPT)
        script.chmod(0o755)
        leases.touch()
        self.phone.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
        files = ["-cf", str(config), "-sf", str(script), "-lf", str(leases), "-pf", str(self.folder / "dhclient.pid")]
        self._start("dhclient", self.phone, ["dhclient", "-1", "-d", *files, "eth0"], {})
        self.lease = Path(f"{script}.lease")
        self._wait_until(self.lease.exists, "the phone's lease")


def furnish(data: Path) -> "Furnished":
    """An organisation with all that the walk needs, in an empty database."""
    os.environ["SPOTCOFFEE_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "spotcoffee.project.settings"
    subprocess.run([sys.executable, "-m", "spotcoffee.cli", "migrate"], check=True, stdout=subprocess.DEVNULL)
    django.setup()
    # What reads models can be found only now.
    made: Furnished = import_module("tools.gateway_furniture").furnish(EMAIL, PASSWORD, address=UPLINK4)
    return made


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the captive portal API. Real phones believe only one of a real authority."""
    return own_certificate(folder / "certificate", [NAME], now=datetime.now(UTC))


def tell(demo: Demo) -> None:
    """How to walk through it."""
    phone, box, internet = demo.phone.name, demo.lab.box.name, demo.lab.internet.name
    program = Path(sys.executable).with_name("spotcoffee")
    print(f"""
A phone, a box and an Internet are up; this machine's own network is as it was.

The phone has, by DHCP: {demo.lease.read_text().strip()}

 1. It asks for a page, and is sent to the portal:
      ip netns exec {phone} curl -si {PAGE}
 2. In a browser that is the phone's:
      ip netns exec {phone} chromium --no-sandbox --user-data-dir={demo.folder}/chromium {PAGE}
    Type one of these codes: {"  ".join(demo.made.codes)}
    Without a screen: {sys.executable} {Path(__file__)} --walk
 3. Then it gets through, at 5 Mbit/s, and the session shows on the staff pages:
      ip netns exec {phone} curl -o /dev/null {PAGE}20000000
      https://{WEB_BIND.replace("127.0.0.1", "localhost")}/  account {EMAIL}, password {PASSWORD}
      SPOTCOFFEE_DATA={demo.folder}/server {program} tickets show {demo.made.codes[0]}
 4. Make trouble, and look again (it is mended within seconds; nobody gets through free):
      ip netns exec {box} nft flush ruleset
      ip netns exec {box} tc qdisc del dev br0 root
 5. What the box holds:
      ip netns exec {box} nft list table inet spotcoffee
      ip netns exec {phone} curl -s {UAM}/json/status
 6. The server's side: ip netns exec {internet} …       Logs: {demo.folder}/*.log

Ctrl-C ends it and removes everything.""")
    sys.stdout.flush()


def walk(demo: Demo) -> int:
    """Walk through by itself, with curl as the browser. Answers the exit status."""
    print(f"Built {demo.phone.name}, {demo.lab.box.name} and {demo.lab.internet.name}.")
    print(f"The phone has, by DHCP: {demo.lease.read_text().strip()}")
    where = demo.on_phone("curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", PAGE)
    print(f"It asks for {PAGE} and gets: {where[:90]}…")
    ending = ("-w", "\n%{url_effective}", "--max-redirs", "10", "--max-time", "20")
    page, _, url = demo.on_phone("curl", "-sL", *ending, PAGE).rpartition("\n")
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    fields = [f"{name}={value}" for name, value in [*hidden, ("code", demo.made.codes[0])]]
    typed = [word for field in fields for word in ("--data-urlencode", field)]
    page, _, url = demo.on_phone("curl", "-sL", *ending, *typed, url).rpartition("\n")
    title = re.search(r"<title>([^<]*)", page)
    print(f"It types {demo.made.codes[0]}, and reads: {title[1] if title else page[:200]}")
    status = demo.on_phone("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "5", PAGE)
    print(f"It asks for {PAGE} again and gets: {status}")
    demo.lab.box.run("nft", "flush", "ruleset")
    mended = time.monotonic()
    while demo.on_phone("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "1", PAGE) != "200":
        if time.monotonic() - mended > 10:
            print("The box did not mend its rules within 10 s.")
            return 1
    print(f"Somebody flushed the box's rules; the phone got through again after {time.monotonic() - mended:.1f} s.")
    return 0 if status == "200" else 1


def main() -> int:
    """Build it, tell or walk, and remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walk", action="store_true", help="walk through by itself, and end")
    arguments = parser.parse_args()
    try:
        require()
    except NamespacesMissing as missing:
        sys.stderr.write(f"gateway-demo: {missing}\n")
        return 1
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with tempfile.TemporaryDirectory(prefix="spotcoffee-gateway-demo-") as folder:
        demo = Demo(Path(folder))
        try:
            demo.build()
            if arguments.walk:
                return walk(demo)
            tell(demo)
            ended.wait()
            return 0
        finally:
            demo.close()


if __name__ == "__main__":
    sys.exit(main())
