"""Rolls and cards, read back."""

import io
from pathlib import Path

import pypdf
import pytest
from tests.documents.printing import (
    HOSTILE,
    PLACE,
    address,
    code,
    face,
    hostile_face,
    looks,
    operators,
    pages,
    png,
    qr_texts,
    tickets,
    whole,
)

from spotcoffee.documents.errors import DocumentError
from spotcoffee.documents.layout import ALL_FIELDS, LONGEST_CODE, Field, PrintedTicket, TicketFace
from spotcoffee.documents.logo import read_logo
from spotcoffee.documents.qr import wifi_join
from spotcoffee.documents.receipt import Paper, receipt
from spotcoffee.domain.codes import printed

GOLDEN = Path(__file__).parent.parent / "golden" / "documents"
JOIN = wifi_join("DEUX-RIVES")
PAPERS = list(Paper)
SALE = (("Ticket 2 heures", "3,00 €"), ("15/07/2026 17:42", "n° 2026-1873"), ("Servi par", "Léa"))
WIDTHS = {Paper.ROLL_80: (80, 4), Paper.ROLL_58: (58, 5), Paper.CARD: (105, 8)}


def size(pdf: bytes) -> tuple[float, float]:
    """Of the first page, in millimetres."""
    box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return round(float(box.width) / 72 * 25.4, 1), float(box.height) / 72 * 25.4


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("passwords", [False, True])
def test_both_qr_say_their_text(paper: Paper, passwords: bool, tmp_path: Path) -> None:
    shown = face(join_qr=JOIN, logo=read_logo(png()))
    pdf = whole(receipt(tickets(1, passwords=passwords), shown, paper, sale=SALE))

    assert sorted(qr_texts(looks(pdf, tmp_path))) == sorted([JOIN, address(0)])


@pytest.mark.parametrize("paper", PAPERS)
def test_all_words_can_be_read(paper: Paper) -> None:
    [text] = pages(whole(receipt(tickets(1, passwords=True), face(), paper, sale=SALE)))

    told = " ".join(text.split())
    assert printed(code(0)) in told
    assert printed(code(10**6)[:8]) in told
    for words in (PLACE, "Identifiant / Login", "Mot de passe / Password", "2 heures de connexion", "2 hours online"):
        assert words in told
    for words in (
        "1. Rejoignez",
        "2. Lisez",
        "Scan the QR",
        "3,00 €",
        "n° 2026-1873",
        "Léa",
        "Gardez ce papier",
        "Keep",
    ):
        assert words in told


@pytest.mark.parametrize("paper", PAPERS)
def test_a_receipt_draws_what_the_golden_one_draws(paper: Paper) -> None:
    pdf = whole(receipt(tickets(1), face(join_qr=JOIN), paper, sale=SALE))

    assert operators(pdf) == (GOLDEN / f"receipt_{paper.value}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("paper", PAPERS)
def test_each_ticket_has_its_page(paper: Paper, tmp_path: Path) -> None:
    pdf = whole(receipt(tickets(3), face(), paper))

    assert [printed(code(n)) in text for n, text in enumerate(pages(pdf))] == [True] * 3
    assert qr_texts(looks(pdf, tmp_path, page=3)) == [address(2)]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_paper_has_its_width_and_is_never_wider_than_high(paper: Paper) -> None:
    width, height = size(whole(receipt([PrintedTicket("A")], TicketFace(wordings=(), fields=frozenset()), paper)))

    assert width == WIDTHS[paper][0]
    assert height > width


def test_a_roll_is_as_long_as_its_words() -> None:
    short, long = (
        size(whole(receipt(tickets(1), shown, Paper.ROLL_80)))[1]
        for shown in (face(fields=ALL_FIELDS - {Field.STEPS}), face())
    )

    assert short < long < 200


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_the_words_nothing_leaves_the_paper(paper: Paper, name: str, tmp_path: Path) -> None:
    text = HOSTILE[name]
    pdf = whole(receipt(tickets(1, passwords=True), hostile_face(text), paper, sale=((text, text),) * 50))

    picture = looks(pdf, tmp_path)
    side = round((WIDTHS[paper][1] - 0.5) / 25.4 * 200)
    for edge in (
        (0, 0, side, picture.height),
        (picture.width - side, 0, picture.width, picture.height),
        (0, 0, picture.width, 12),
        (0, picture.height - 12, picture.width, picture.height),
    ):
        assert picture.crop(edge).getextrema() == (255, 255)
    assert qr_texts(picture) == [address(0)]
    assert printed(code(0)) in pages(pdf)[0]
    assert size(pdf)[1] < 700


@pytest.mark.parametrize("paper", PAPERS)
def test_the_longest_code_stays_whole(paper: Paper) -> None:
    long = "".join(code(number) for number in range(26))[:LONGEST_CODE]
    [text] = pages(whole(receipt([PrintedTicket(long)], TicketFace(wordings=()), paper)))

    assert "".join(text.split()) == long


def test_nothing_to_print_is_a_fault() -> None:
    with pytest.raises(DocumentError, match="nothing_to_print"):
        receipt([], face(), Paper.ROLL_80)


def test_a_ticket_without_qr_text_prints(tmp_path: Path) -> None:
    pdf = whole(receipt([PrintedTicket("7KM-P2RT-9XW")], face(), Paper.ROLL_58))

    assert qr_texts(looks(pdf, tmp_path)) == []


def test_a_preview_is_told_from_a_ticket() -> None:
    pdf = whole(receipt(tickets(2), face(preview="APERÇU / PREVIEW"), Paper.ROLL_80))

    assert ["APERÇU/PREVIEW" in "".join(text.split()) for text in pages(pdf)] == [True, True]
