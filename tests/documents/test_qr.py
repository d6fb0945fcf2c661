"""QR codes: an independent reader reads exactly what was meant."""

import re
from xml.etree import ElementTree

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from spotcoffee.documents.errors import DocumentError, Fault
from spotcoffee.documents.qr import LONGEST_TEXT, QUIET_ZONE, QrCode, QrEncoder, qr_code, qr_svg, wifi_join

DOTS = 6


def drawn(qr: QrCode) -> Image.Image:
    picture = Image.new("L", ((qr.side + 2 * QUIET_ZONE) * DOTS,) * 2, 255)
    for x, y, length in qr.runs():
        left, top = (x + QUIET_ZONE) * DOTS, (y + QUIET_ZONE) * DOTS
        picture.paste(0, (left, top, left + length * DOTS, top + DOTS))
    return picture


def read(qr: QrCode) -> str:
    [found] = zxingcpp.read_barcodes(drawn(qr))
    return found.text


@pytest.mark.parametrize(
    "text",
    [
        "https://wifi.les-deux-rives.fr/t/7KMP2RT9XW",
        "HTTPS://WIFI.EXAMPLE/T/7KMP2RT9XW",
        "0123456789",
        "A",
        "Café de l’Île 🌴",
        "é" * (LONGEST_TEXT // 2),
        wifi_join('a;b,c:d"e\\f'),
    ],
)
def test_a_reader_reads_exactly_the_text(text: str) -> None:
    assert read(qr_code(text)) == text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60), max_size=6))
def test_many_together_are_encoded_as_one_by_one(texts: list[str]) -> None:
    encoder = QrEncoder()

    for text in texts + texts:
        alone = segno.make(text.encode(), mode="byte", error="m", mask=3, boost_error=False, micro=False)
        assert encoder.encode(text).modules == "".join(str(module) for row in alone.matrix for module in row)


def test_texts_of_many_lengths_do_not_pile_up() -> None:
    encoder = QrEncoder()
    for length in range(1, 60):
        encoder.encode("x" * length)

    assert len(encoder._series) <= 16
    assert read(encoder.encode("x")) == "x"


def test_too_long_a_text_is_a_fault() -> None:
    with pytest.raises(DocumentError) as refused:
        qr_code("é" * LONGEST_TEXT)

    assert refused.value.code is Fault.QR_TOO_LONG
    assert refused.value.fields == {"length": 2 * LONGEST_TEXT, "most": LONGEST_TEXT}


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("DEUX-RIVES", "WIFI:S:DEUX-RIVES;T:nopass;;"),
        ("Café", "WIFI:S:Café;T:nopass;;"),
        ("a;b", r"WIFI:S:a\;b;T:nopass;;"),
        ("a,b", r"WIFI:S:a\,b;T:nopass;;"),
        ("a:b", r"WIFI:S:a\:b;T:nopass;;"),
        ('"a"', r"WIFI:S:\"a\";T:nopass;;"),
        ("a\\", r"WIFI:S:a\\;T:nopass;;"),
        (r"a\;T:WPA;P:x", r"WIFI:S:a\\\;T\:WPA\;P\:x;T:nopass;;"),
    ],
)
def test_what_means_something_in_a_network_name_is_escaped(network: str, said: str) -> None:
    assert wifi_join(network) == said


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=32))
def test_a_phone_gets_back_the_network_name(network: str) -> None:
    fields = re.fullmatch(r"WIFI:S:((?:[^\\;,:\"]|\\.)*);T:nopass;;", wifi_join(network))

    assert fields
    assert re.sub(r"\\(.)", r"\1", fields[1]) == network


@pytest.mark.parametrize("network", ["", "x" * 33, "é" * 17, "a\nb", "a\x00", "a\u202eb", "\ud800"])
def test_what_no_network_is_called_is_a_fault(network: str) -> None:
    with pytest.raises(DocumentError) as refused:
        wifi_join(network)

    assert refused.value.code is Fault.NETWORK_NAME


def test_on_a_page_it_is_one_svg_with_its_quiet_zone_and_an_inert_label() -> None:
    svg = ElementTree.fromstring(qr_svg("A", label='"><script>'))

    assert svg.get("viewBox") == "0 0 29 29"
    assert svg.get("aria-label") == '"><script>'
    assert [child.tag.rpartition("}")[2] for child in svg] == ["path", "path"]
