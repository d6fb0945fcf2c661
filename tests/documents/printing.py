"""What the tests of printed tickets share: tickets, their words, and PDFs read back."""

import io
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import zxingcpp
from PIL import Image, ImageDraw

from spotcoffee.documents.layout import PrintedTicket, TicketFace, Wording
from spotcoffee.domain.codes import ALPHABET, printed

FRENCH = Wording(
    language="fr",
    grant="2 heures de connexion",
    conditions="à utiliser en 24 heures, sur 1 appareil",
    validity="avant le 30/09/2026",
    login_label="Identifiant",
    password_label="Mot de passe",
    join_caption="Rejoindre le Wi-Fi",
    login_caption="Se connecter",
    steps=("Rejoignez le réseau DEUX-RIVES.", "Lisez le QR, ou tapez le code."),
    farewell="Gardez ce papier : il sert à revenir.",
)
ENGLISH = Wording(
    language="en",
    grant="2 hours online",
    conditions="within 24 hours, on 1 device",
    validity="by 30 Sept 2026",
    login_label="Login",
    password_label="Password",
    join_caption="Join the Wi-Fi",
    login_caption="Log in",
    steps=("Join DEUX-RIVES.", "Scan the QR, or type the code."),
    farewell="Keep this slip to log in again.",
)
PLACE = "Camping & café des Deux Rives"
INKS = {"RGB": "brown", "RGBA": "brown", "LA": (0, 255)}
HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "endless": "Wi-Fi " * 833,
    "one word": "W" * 5_000,
    "right to left": "\u202eشبكة المقهى\u202c",
    "emoji": "☕🏖️👩‍👩‍👧 Café",
    "controls": "\x00\x1b[31m\r\n\t\x7f\u0085\u200bCafé\ufeff",
    "pdf": r"\) Tj ET Q (\\ %PDF endstream endobj",
    "surrogate": "\ud800Café",
    "combining": "e" + "\u0301" * 500,
}


def face(**changes: object) -> TicketFace:
    values = {
        "wordings": (FRENCH, ENGLISH),
        "place": PLACE,
        "network": "DEUX-RIVES",
        "price": "3,00 €",
        **changes,
    }
    return TicketFace(**values)  # type: ignore[arg-type]


def hostile_face(text: str) -> TicketFace:
    words = Wording(
        language=text,
        grant=text,
        conditions=text,
        validity=text,
        login_label=text,
        password_label=text,
        join_caption=text,
        login_caption=text,
        steps=(text,) * 20,
        farewell=text,
    )
    return TicketFace(wordings=(words, words), place=text, network=text, price=text)


def code(number: int) -> str:
    """A code of ten characters that goes with the number, and looks drawn."""
    left = (number + 1) * 0x9E3779B97F4A7C15 % 2**64
    letters = ""
    for _ in range(10):
        left, letter = divmod(left, len(ALPHABET))
        letters += ALPHABET[letter]
    return letters


def address(number: int) -> str:
    return f"https://wifi.les-deux-rives.fr/t/{code(number)}"


def tickets(count: int, *, passwords: bool = False) -> Iterator[PrintedTicket]:
    for number in range(count):
        password = printed(code(number + 10**6)[:8]) if passwords else None
        yield PrintedTicket(printed(code(number)), password, address(number))


def png(size: tuple[int, int] = (400, 300), *, mode: str = "RGBA", ground: object = (0, 0, 0, 0)) -> bytes:
    picture = Image.new(mode, size, ground)  # type: ignore[arg-type]
    ImageDraw.Draw(picture).ellipse((100, 60, 300, 260), fill=INKS.get(mode, 0))
    return saved(picture)


def saved(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def whole(pieces: Iterable[bytes]) -> bytes:
    return b"".join(pieces)


def pages(pdf: bytes) -> list[str]:
    """What stands on each page."""
    said = subprocess.run(["pdftotext", "-q", "-raw", "-", "-"], input=pdf, check=True, capture_output=True, timeout=60)
    return said.stdout.decode().split("\f")[:-1]


def looks(pdf: bytes, folder: Path, *, page: int = 1, dots: int = 200) -> Image.Image:
    """A page as a printer puts it on paper, in greys."""
    source = folder / "print.pdf"
    source.write_bytes(pdf)
    command = ["pdftoppm", "-png", "-gray", "-singlefile", "-r", str(dots), "-f", str(page), str(source)]
    subprocess.run([*command, str(folder / "print")], check=True, capture_output=True, timeout=60)
    with Image.open(folder / "print.png") as picture:
        return picture.convert("L")


def qr_texts(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def operators(pdf: bytes) -> str:
    """All streams as text, pictures aside: what is drawn, whatever compressed it."""
    streams = re.findall(rb"<< ((?:(?!>>\nstream).)*)>>\nstream\n(.*?)\nendstream", pdf, re.DOTALL)
    drawn = [zlib.decompress(data).decode("cp1252") for head, data in streams if b"/Image" not in head]
    return "\n\n".join(drawn) + "\n"
