"""A real browser before a real `spotcoffee web`: Debian's Chromium, driven by Playwright."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM: Final = "/usr/bin/chromium"
REPOSITORY: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Shop:
    """A running demo: where its pages are, and who signs in. data: its folder. auth, acct: its ports.

    secret: what it shares with its access point 127.0.0.1.
    """

    address: str
    email: str
    password: str
    data: Path
    auth: int
    acct: int
    secret: str


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """`spotcoffee run --demo` on free ports, in plain HTTP on localhost."""
    data = tmp_path_factory.mktemp("shop")
    port, auth = _free_port(socket.SOCK_STREAM), _free_port(socket.SOCK_DGRAM)
    acct = _free_port(socket.SOCK_DGRAM)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SPOTCOFFEE_")} | {
        "SPOTCOFFEE_DATA": str(data),
        "SPOTCOFFEE_WEB_BIND": f"127.0.0.1:{port}",
        "SPOTCOFFEE_WEB_TLS": "off",
        "SPOTCOFFEE_RADIUS_AUTH_BIND": f"127.0.0.1:{auth}",
        "SPOTCOFFEE_RADIUS_ACCT_BIND": f"127.0.0.1:{acct}",
    }
    printed = data / "printed.txt"
    with printed.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "spotcoffee.cli", "run", "--demo"], env=environ, stdout=out, stderr=out
        )
        try:
            password = _password(printed, process)
            address = f"http://localhost:{port}"
            _wait(f"{address}/api/v1/health", process)
            secret = re.search(r"127\.0\.0\.1\s+(\S+)", printed.read_text())
            assert secret is not None
            yield Shop(address, "demo@example.org", password, data, auth, acct, secret[1])
        finally:
            process.terminate()
            process.wait(30)


def _password(printed: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"password (\S+) \(shown", printed.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"the demo did not start:\n{printed.read_text(errors='replace')}")


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except OSError:
            assert process.poll() is None, "the web process has ended"
            assert time.monotonic() < deadline, "the web process does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the tests of a file: while it is there, no other loop and no query can run in this process."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing: run tools/debian-packages as root")
        pytest.skip("chromium is missing: run tools/debian-packages as root")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jar() -> dict[str, Any]:
    """Cookies by the address of their shop: signed in once, though each file has a browser of its own."""
    return {}


@pytest.fixture(scope="module")
def cookies(shop: Shop, chromium: Browser, jar: dict[str, Any]) -> Any:
    """What a browser keeps once the demo's administrator has signed in: by typing, on the real page."""
    if shop.address in jar:
        return jar[shop.address]
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{shop.address}/account/login/")
    page.fill("#login", shop.email)
    page.fill("#password", shop.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    jar[shop.address] = context.storage_state()
    context.close()
    return jar[shop.address]


@pytest.fixture
def open_page(shop: Shop, chromium: Browser, cookies: Any) -> Iterator[Callable[..., Page]]:
    """Opens signed-in pages; settings of Playwright's new_context (viewport, color_scheme, java_script_enabled …)."""
    contexts: list[BrowserContext] = []

    def opened(**settings: Any) -> Page:
        context = chromium.new_context(
            **{"locale": "fr-FR", "storage_state": cookies, "base_url": shop.address, **settings}
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(open_page: Callable[..., Page]) -> Page:
    """A signed-in page at a desk's size, whose scripts and style must not offend the policy or throw."""
    page = open_page(viewport={"width": 1280, "height": 900})
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    page.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
    return page
