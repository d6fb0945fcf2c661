"""Retake the pictures of the README: `make pictures`. A demo is started, signed in to, and photographed."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CHROMIUM: Final = "/usr/bin/chromium"
DESK: Final = {"width": 1280, "height": 860}
PHONE: Final = {"width": 390, "height": 780}
# Name of the file, address, colour scheme.
PAGES: Final = (
    ("sell", "/", "light"),
    ("dashboard", "/dashboard/", "light"),
    ("online", "/online/", "dark"),
    ("lists", "/lists/", "light"),
)
LANGUAGES: Final = ("fr", "en")
PATIENCE: Final = 90.0


def main() -> None:
    """All pictures in both languages."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory(prefix="spotcoffee-pictures-") as folder:
                _of_a_demo(browser, Path(folder), language)


def _of_a_demo(browser: Browser, folder: Path, language: str) -> None:
    port = _free_port(socket.SOCK_STREAM)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SPOTCOFFEE_")} | {
        "SPOTCOFFEE_DATA": str(folder),
        "SPOTCOFFEE_LANGUAGE": language,
        "SPOTCOFFEE_WEB_BIND": f"127.0.0.1:{port}",
        "SPOTCOFFEE_WEB_TLS": "off",
        "SPOTCOFFEE_RADIUS_AUTH_BIND": f"127.0.0.1:{_free_port(socket.SOCK_DGRAM)}",
        "SPOTCOFFEE_RADIUS_ACCT_BIND": f"127.0.0.1:{_free_port(socket.SOCK_DGRAM)}",
    }
    said = folder / "said.txt"
    with said.open("wb") as out:
        demo = subprocess.Popen(
            [sys.executable, "-m", "spotcoffee.cli", "run", "--demo"], env=environ, stdout=out, stderr=out
        )
        try:
            _wait(f"http://localhost:{port}/api/v1/health", demo)
            found = re.search(r"password (\S+) \(shown", said.read_text())
            assert found is not None, said.read_text()
            # A few guests come online first.
            time.sleep(15)
            _photograph(browser, f"http://localhost:{port}", found[1], language)
        finally:
            demo.terminate()
            demo.wait(30)


def _photograph(browser: Browser, address: str, password: str, language: str) -> None:
    context = browser.new_context(base_url=address, viewport=DESK, locale=f"{language}", reduced_motion="reduce")
    page = context.new_page()
    page.goto("/account/login/?next=/account/")
    page.fill("#login", "demo@example.org")
    page.fill("#password", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    for name, where, scheme in PAGES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(where)
        page.screenshot(path=PICTURES / f"{name}.{language}.png")
    context.close()


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, demo: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except OSError:
            if demo.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    main()
