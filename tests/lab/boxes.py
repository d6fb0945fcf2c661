"""A real openNDS on the box of the lab, with the product's own configuration and script; the server in the Internet."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, sync_playwright
from tests.e2e.house import House, missing
from tests.lab.hotspot import Program
from tests.lab.namespaces import BOX4, INTERNET4, UPLINK4, WALLED4, Lab, Phone, colons, until

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration.texts import configuration
from spotcoffee.protocols.configuration.values import Values

OPENNDS: Final = "/usr/bin/opennds"
CHROMIUM: Final = "/usr/bin/chromium"
FASKEY: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SERVER4: Final = WALLED4
PORTAL_PORT: Final = 8080
TLS_PORT: Final = 8443

# Everything that openNDS keeps for the whole machine lies in mounts of its own; with its first process all end.
_INSIDE: Final = """
mount --bind {folder}/etc /etc/opennds && mount --bind {folder}/misc /var/lib/misc && mount -t tmpfs tmpfs /run &&
exec env PATH={folder}/bin:$PATH SSL_CERT_FILE={folder}/portal.crt opennds -f -d 1
"""


@dataclass
class Box:
    """openNDS on the lab's box, our script beside it, our portal in the Internet. point: its access point."""

    lab: Lab
    house: House
    folder: Path
    point: int
    portal: str
    process: "subprocess.Popen[bytes] | None" = None
    _programs: list[Program] = field(default_factory=list)
    _cron: "subprocess.Popen[bytes] | None" = None

    @property
    def phone(self) -> Phone:
        """The guest's."""
        return self.lab.phones[0]

    def start_portal(self) -> None:
        """The product's process: the portal alone in plain HTTP, or with TLS beside the staff pages."""
        self._make_certificate()
        binds = {
            "WEB_BIND": f"{SERVER4}:{TLS_PORT}",
            "PORTAL_BIND": f"{SERVER4}:{PORTAL_PORT}",
            "TLS_CERT": str(self.folder / "portal.crt"),
            "TLS_KEY": str(self.folder / "portal.key"),
            "HOSTS": SERVER4,
        }
        command = "web" if self.portal.startswith("https") else "portal"
        web = Program.started(self.lab.internet, {"DATA": str(self.house.data), **binds}, command)
        self._programs.append(web)
        url = f"{self.portal}/portal/{self.point}/"
        answers = lambda: self.lab.internet.run("curl", "-sk", url, check=False).returncode == 0  # noqa: E731
        assert until(answers, seconds=30), "".join(web.said[-20:])

    def _make_certificate(self) -> None:
        names = ["-subj", f"/CN={SERVER4}", "-addext", f"subjectAltName=IP:{SERVER4}"]
        files = ["-keyout", str(self.folder / "portal.key"), "-out", str(self.folder / "portal.crt")]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        subprocess.run([*command, *names, *files], check=True, capture_output=True)

    def start(self) -> None:
        """openNDS with what the access point's page gives to copy, and the script as cron calls it."""
        values = Values(
            server=SERVER4,
            portal=self.portal,
            number=self.point,
            secret="unused",
            portal_secret=FASKEY,
            idle_timeout=60,
        )
        texts = dict(configuration(Equipment.OPENNDS, values))
        own = "GatewayInterface br0\nGatewayName Lab Hotspot\ngatewayfqdn disable\n"
        self._write("etc/opennds.conf", own + texts["opennds_conf"])
        # Its certificate is of nobody that curl knows; PHP is told by SSL_CERT_FILE, which curl reads too.
        self._write("etc/spotcoffee.sh", texts["opennds_script"]).chmod(0o700)
        # What dnsmasq writes of a lease: openNDS lets no one in whom it does not find there.
        lease = f"{int(time()) + 86_400} {colons(self.phone.device)} {self.phone.address4} phone *\n"
        self._write("misc/dnsmasq.leases", lease)
        # Debian's iptables-nft can't put chains where openNDS wants them.
        (self.folder / "bin").mkdir(exist_ok=True)
        (self.folder / "bin" / "iptables").symlink_to("/usr/sbin/iptables-legacy")
        with (self.folder / "opennds.log").open("wb") as log:
            inside = ["sh", "-c", _INSIDE.format(folder=self.folder)]
            unshared = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *inside]
            command = ["ip", "netns", "exec", self.lab.box.name, "setpriv", "--pdeathsig=KILL", *unshared]
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        assert until(self._is_ready, seconds=30), (self.folder / "opennds.log").read_text()[-2_000:]
        looped = self._words("sh", "-c", "while :; do /etc/opennds/spotcoffee.sh minute; done")
        self._cron = subprocess.Popen(looped, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = "SELECT controller_seen_at FROM hotspot_accesspoint WHERE id = ?"
        assert until(lambda: self.house.row(seen, self.point)["controller_seen_at"], seconds=20)

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "opennds.log").read_text()[-2_000:]
        try:
            return self.control("status").returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def control(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`ndsctl`."""
        return self._inside("ndsctl", *words)

    def _inside(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command where openNDS runs."""
        return subprocess.run(self._words(*command), capture_output=True, text=True, timeout=20, check=False)

    def _words(self, *command: str) -> list[str]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        # Its certificate is known to nobody else.
        trusted = [f"SSL_CERT_FILE={self.folder}/portal.crt", f"CURL_CA_BUNDLE={self.folder}/portal.crt"]
        return ["nsenter", "-t", *(children or ["0"]), "-m", "-n", "-p", "env", *trusted, *command]

    def stop(self) -> None:
        """End openNDS and all that it started."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if self._cron is not None:
            self._cron.wait(10)
            self._cron = None

    def close(self) -> None:
        """End everything."""
        self.stop()
        for program in self._programs:
            program.end(seconds=30)

    # --- the guest

    def is_through(self) -> bool:
        """Whether the phone gets a page of the Internet."""
        return self.phone.is_through()

    @contextmanager
    def browser(self, **settings: Any) -> Iterator[Page]:
        """Chromium on the phone, without JavaScript."""
        starter = self._write(
            "bin/phone", f'#!/bin/sh\nexec ip netns exec {self.phone.namespace.name} {CHROMIUM} "$@"\n'
        )
        starter.chmod(0o700)
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=str(starter), args=["--no-sandbox"])
            context: BrowserContext = started.new_context(java_script_enabled=False, locale="fr-FR", **settings)
            try:
                yield context.new_page()
            finally:
                started.close()

    def session(self, ticket: int) -> dict[str, Any]:
        """The newest session of a ticket."""
        return self.house.rows("SELECT * FROM hotspot_session WHERE ticket_id = ? ORDER BY id", ticket)[-1]

    def ticket(self, ticket: int) -> dict[str, Any]:
        """A ticket as it stands."""
        return self.house.row("SELECT * FROM hotspot_ticket WHERE id = ?", ticket)


@contextmanager
def opened(house: House, folder: Path, *, tls: bool) -> Iterator[Box]:
    """A lab with one phone and a running openNDS: at level 3 with TLS, else at level 1."""
    for path in (OPENNDS, CHROMIUM, "/usr/bin/php", "/usr/sbin/iptables-legacy"):
        if not Path(path).exists():
            missing(path)
    lab = Lab.built(phones=1)
    portal = f"https://{SERVER4}:{TLS_PORT}" if tls else f"http://{SERVER4}:{PORTAL_PORT}"
    point = house.access_point(
        UPLINK4, equipment="opennds", portal_secret=FASKEY, idle_timeout_own=60, interim_interval=60
    )
    box = Box(lab, house, folder, point, portal)
    try:
        lab.box.run("ip", "addr", "add", str(BOX4), "dev", "br0")
        lab.box.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        lab.box.run("ip", "route", "add", "default", "via", INTERNET4)
        lab.internet.run("ip", "route", "add", str(BOX4.network), "via", UPLINK4)
        lab.internet.serve("80")
        box.start_portal()
        box.start()
        yield box
    finally:
        box.close()
        lab.close()
        shutil.rmtree(folder / "misc", ignore_errors=True)
