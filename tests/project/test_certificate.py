"""The certificate that is made at the first start."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from spotcoffee.project.certificate import own_certificate

NOW = datetime(2026, 7, 15, 8, 0, tzinfo=UTC)


def names_in(certificate: Path) -> set[str]:
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def test_it_names_this_machine_and_the_hosts_of_the_settings(tmp_path: Path) -> None:
    certificate, _ = own_certificate(tmp_path, ["wifi.example", "192.168.1.5", "fd00::2"], now=NOW)

    assert names_in(certificate) == {
        "localhost",
        "127.0.0.1",
        "::1",
        "wifi.example",
        "192.168.1.5",
        "fd00::2",
    }


def test_its_key_is_closed_to_others_and_belongs_to_it(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path, [], now=NOW)

    assert key.stat().st_mode & 0o777 == 0o600
    assert b"BEGIN PRIVATE KEY" in key.read_bytes()
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)


def test_it_is_kept_from_one_start_to_the_next(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, [], now=NOW)[0].read_bytes()

    assert own_certificate(tmp_path, [], now=NOW + timedelta(days=700))[0].read_bytes() == first


def test_it_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, [], now=NOW)[0].read_bytes()

    assert own_certificate(tmp_path, [], now=NOW + timedelta(days=800))[0].read_bytes() != first


@pytest.mark.parametrize("rubbish", [b"", b"no certificate"])
def test_a_broken_one_is_replaced(tmp_path: Path, rubbish: bytes) -> None:
    certificate, _ = own_certificate(tmp_path, [], now=NOW)
    certificate.write_bytes(rubbish)

    own_certificate(tmp_path, [], now=NOW)

    assert "localhost" in names_in(certificate)
