"""The certificate of the pages: the operator's own, or one that is made and signed here at the first start."""

import ipaddress
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# What browsers still take from a certificate that a person trusted by hand.
_VALID_FOR: Final = timedelta(days=825)
_RENEWED_BEFORE: Final = timedelta(days=30)


def own_certificate(data: Path, names: Iterable[str], *, now: datetime) -> tuple[Path, Path]:
    """The paths of the certificate and its key in the data folder; made if missing or about to end.

    names: host names and addresses under which the pages are reached, beside `localhost`.
    """
    certificate, key = data / "tls_cert.pem", data / "tls_key.pem"
    if not (certificate.exists() and key.exists() and _lasts(certificate, now=now)):
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(certificate, key, ["localhost", "127.0.0.1", "::1", *names], now=now)
    return certificate, key


def _lasts(certificate: Path, *, now: datetime) -> bool:
    try:
        loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError:
        return False
    return loaded.not_valid_before_utc <= now < loaded.not_valid_after_utc - _RENEWED_BEFORE


def _make(certificate: Path, key: Path, names: Iterable[str], *, now: datetime) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SpotCoffee")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        # A guest's or a manager's clock may be a little behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in dict.fromkeys(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key, pem, mode=0o600)
    _write(certificate, made.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode("ascii"))


def _write(path: Path, content: bytes, *, mode: int) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    draft.replace(path)
