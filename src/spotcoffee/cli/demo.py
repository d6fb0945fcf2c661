"""What `spotcoffee run --demo` prints: what to open, and what to type in another terminal."""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from spotcoffee.cli import context
from spotcoffee.project.environment import Settings, parse_bind
from spotcoffee.services.demo import Demo, fill


def prepare(settings: Settings) -> bool:
    """Fill an empty database and print how to try it; whether it is the demo's: someone's own stays as it is."""
    demo = fill(keys=context.keys(settings), pace=context.pace(), language=settings.language, zone=settings.time_zone)
    console = Console(highlight=False, soft_wrap=True)
    if demo is None:
        console.print("This database is not empty: the demo leaves it as it is.")
        return False
    _show(console, demo, settings)
    sys.stdout.flush()
    return True


def _show(console: Console, demo: Demo, settings: Settings) -> None:
    port = parse_bind(settings.web_bind)[1]
    scheme = "https" if settings.web_tls == "on" else "http"
    console.print(f"\n[bold]{demo.organisation}[/] is ready to try.")
    console.print(f"Open          {scheme}://localhost:{port}/  (its certificate is its own: let the browser go on)")
    if demo.password is not None:
        console.print(f"Account       {demo.email}, password {demo.password} (shown this once)")
    points = Table("access point", "address", "secret", box=None, pad_edge=False)
    for name, address, secret in demo.access_points:
        points.add_row(name, address, secret)
    console.print(points)
    offers = Table("offer", "codes of virgin tickets", box=None, pad_edge=False)
    for offer in demo.offers:
        offers.add_row(offer.name, "  ".join(offer.codes))
    console.print(offers)
    _show_commands(console, demo, settings)


def _show_commands(console: Console, demo: Demo, settings: Settings) -> None:
    if not demo.access_points or not any(offer.codes for offer in demo.offers):
        return
    point, _, secret = demo.access_points[0]
    code = next(offer.codes[0] for offer in demo.offers if offer.codes)
    auth, acct = parse_bind(settings.radius_auth_bind)[1], parse_bind(settings.radius_acct_bind)[1]
    data = f"SPOTCOFFEE_DATA={settings.data}"
    program = Path(sys.argv[0]).as_posix()
    request = f"User-Name={code},User-Password={code},Calling-Station-Id=02-00-00-00-00-01"
    report = f"User-Name={code},Calling-Station-Id=02-00-00-00-00-01,Acct-Session-Id=1"
    stop = f"{report},Acct-Status-Type=Stop,Acct-Session-Time=1500"
    console.print("\nFrom another terminal (radclient: Debian's freeradius-utils):")
    console.print(f'  {data} {program} login "{point}" {code} {code}')
    console.print(f'  echo "{request}" | radclient -x 127.0.0.1:{auth} auth "{secret}"')
    console.print(f'  echo "{report},Acct-Status-Type=Start" | radclient -x 127.0.0.1:{acct} acct "{secret}"')
    console.print(f'  echo "{stop}" | radclient -x 127.0.0.1:{acct} acct "{secret}"')
    console.print(f"  {data} {program} tickets show {code}\n")
