"""What `run --demo` prints: where to look, and commands to try from another terminal."""

from collections.abc import Iterator

from spotcoffee.cli import context
from spotcoffee.project.environment import Settings, parse_bind
from spotcoffee.services import demo
from spotcoffee.services.demo import Demo


def fill_and_tell(settings: Settings) -> None:
    """Fill an empty database, and print what there is to try; nothing where the database is someone's own."""
    found = demo.fill(
        keys=context.keys(settings), pace=context.pace(), language=settings.language, zone=settings.time_zone
    )
    lines = ["The database is not a demo's: nothing was added."] if found is None else _lines(found, settings)
    print("\n".join(lines), flush=True)


def _lines(found: Demo, settings: Settings) -> Iterator[str]:
    scheme = "https" if settings.web_tls == "on" else "http"
    host, port = parse_bind(settings.web_bind)
    yield ""
    yield f"  {found.organisation}: {scheme}://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"  # noqa: S104
    yield f"  Account   {found.email}" + (f", password {found.password} (shown this once)" if found.password else "")
    for name, address, secret in found.access_points:
        yield f"  Access point {name}: requests from {address}, secret {secret}"
    yield ""
    width = max((len(offer.name) for offer in found.offers), default=0)
    for offer in found.offers:
        yield f"  {offer.name:{width}}  {'  '.join(offer.codes) or '(no ticket left)'}"
    yield from _commands(found, settings)


def _commands(found: Demo, settings: Settings) -> Iterator[str]:
    code = next((code for offer in found.offers for code in offer.codes), None)
    if code is None or not found.access_points:
        return
    name, _, secret = found.access_points[0]
    auth, acct = (parse_bind(bind)[1] for bind in (settings.radius_auth_bind, settings.radius_acct_bind))
    device = "Calling-Station-Id=02-00-00-00-00-01"
    session = "Acct-Session-Id=demo-1"
    yield ""
    yield "  From another terminal (radclient is in Debian's freeradius-utils):"
    yield f'  spotcoffee login "{name}" {code}'
    yield f"  echo 'User-Name={code},User-Password={code},{device}' | radclient -x 127.0.0.1:{auth} auth {secret}"
    for status, time in (("Start", 0), ("Stop", 600)):
        report = f"User-Name={code},{device},{session},Acct-Status-Type={status},Acct-Session-Time={time}"
        yield f"  echo '{report}' | radclient -x 127.0.0.1:{acct} acct {secret}"
    yield f"  spotcoffee tickets show {code}"
    yield ""
