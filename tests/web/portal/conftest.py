"""A running house with its portal, and phones that come to it: Debian's Chromium, driven by Playwright."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.e2e.house import REPOSITORY, House, Server, missing
from tests.radius_peer import PATIENCE

CHROMIUM: Final = "/usr/bin/chromium"


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """A café with a signing gateway, in the test's own process; what other tests left in memory is forgotten."""
    # Django is not set up yet when this file is read.
    from tests import factories  # noqa: PLC0415
    from tests.web.portal.desk import open_place  # noqa: PLC0415

    from spotcoffee.web import surroundings  # noqa: PLC0415
    from spotcoffee.web.portal.guesses import GUESSES  # noqa: PLC0415
    from spotcoffee.web.portal.guests import PLACES  # noqa: PLC0415

    settings.ROOT_URLCONF = "spotcoffee.project.portal_urls"
    monkeypatch.setattr(surroundings, "keys", lambda: factories.KEYS)
    PLACES.forget()
    GUESSES.forget()
    return open_place()


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
        with _running(house) as running:
            yield running
    finally:
        house.close()


@contextmanager
def _running(house: House) -> Iterator[Portal]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    radius = house.start()
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "spotcoffee.cli", "portal"],
        cwd=REPOSITORY,
        env=house.environ(PORTAL_BIND=f"127.0.0.1:{port}"),
        stdin=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/portal/", process)
        yield Portal(house, radius, address)
    finally:
        process.terminate()
        process.wait(PATIENCE)


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
