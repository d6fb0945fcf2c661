"""What the gateway itself says to a guest: the one page that is shown while the server is away."""

from html import escape
from typing import Final

from django.utils.translation import gettext, override

from spotcoffee.domain.languages import LANGUAGES

_PAGE: Final = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{look_again}">
<title>{title}</title>
<style>
body {{ font: 1.125rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto 0; padding: 0 1.25rem;
  color: #222; background: #fff }}
h1 {{ font-size: 1.5rem; line-height: 1.25 }}
@media (prefers-color-scheme: dark) {{ body {{ color: #eee; background: #1c1c1c }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{sentences}
</main>
</body>
</html>
"""


def language_of(accepted: str, *, default: str) -> str:
    """The language to speak to a browser. accepted: its Accept-Language header, as it came."""
    wishes: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            wishes.append((_weight(weight), language))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else default


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def repair_page(language: str, *, is_online: bool, look_again: int) -> str:
    """The page. is_online: this guest's session goes on. look_again: seconds until the browser asks anew."""
    with override(language):
        title = gettext("The Wi-Fi service is being repaired")
        if is_online:
            sentences = [gettext("You are connected, and you stay connected: nothing is lost.")]
        else:
            sentences = [
                gettext("Nobody can log in for the moment. Your ticket keeps all of its time."),
                gettext("This page looks by itself whether the service is back."),
            ]
    return _PAGE.format(
        language=language,
        look_again=look_again,
        title=escape(title),
        sentences="\n".join(f"<p>{escape(sentence)}</p>" for sentence in sentences),
    )
