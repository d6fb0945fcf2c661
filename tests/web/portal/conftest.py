"""A running house with its portal, and phones that come to it: Debian's Chromium, driven by Playwright."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.e2e.house import REPOSITORY, House, Server, missing
from tests.radius_peer import PATIENCE

CHROMIUM: Final = "/usr/bin/chromium"


@dataclass
class Portal:
    """A house whose RADIUS server and portal run."""

    house: House
    radius: Server
    address: str


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A furnished house, `spotcoffee radius` and `spotcoffee portal` on free ports."""
    house = House(tmp_path_factory.mktemp("portal"))
    try:
        house.furnish()
        with _portal_of(house) as running:
            yield running
    finally:
        house.close()


class _portal_of:
    def __init__(self, house: House) -> None:
        self._house = house

    def __enter__(self) -> Portal:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        radius = self._house.start()
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "spotcoffee.cli", "portal"],
            cwd=REPOSITORY,
            env=self._house.environ(PORTAL_BIND=f"127.0.0.1:{port}"),
            stdin=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/portal/", self._process)
        return Portal(self._house, radius, address)

    def __exit__(self, *_what: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as refused:
            refused.close()
            return
        except OSError:
            assert process.poll() is None, "the portal has ended"
            assert time.monotonic() < deadline, "the portal does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of a file."""
    if not Path(CHROMIUM).exists():
        missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_phone(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a phone's browser: 360 px, French, no JavaScript, as captive mini-browsers may be."""
    contexts: list[BrowserContext] = []

    def opened(**settings: Any) -> Page:
        usual: dict[str, Any] = {
            "viewport": {"width": 360, "height": 740},
            "locale": "fr-FR",
            "java_script_enabled": False,
            "device_scale_factor": 2,
            "is_mobile": True,
        }
        context = chromium.new_context(**(usual | settings))
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: pytest.fail(said.text) if "Content Security" in said.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def shots() -> Path | None:
    """Where pictures of the pages are kept, for someone to look at; None: nowhere."""
    folder = os.environ.get("SPOTCOFFEE_TEST_SHOTS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
