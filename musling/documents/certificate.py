"""The certificate with which the installation seals its documents.

``MUSLING_CERTIFICATE`` names a PKCS#12 file (``.p12``, ``.pfx``) or a PEM file with the private key
and its certificates; ``MUSLING_CERTIFICATE_PASSWORD`` opens it. Where none is given, one is made at
first use: self-signed, RSA with 3072 bits, ten years, in ``MUSLING_VAR/certificate/seal.pem``,
readable by the program alone. Such a seal proves that a file is unchanged to whoever compares the
fingerprint; that it comes from a named organisation is proved by a bought certificate only.
"""

import contextlib
import datetime as dt
import functools
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings

from musling.foundation import clock

KEY_BITS = 3072
VALID_FOR = dt.timedelta(days=3652)
# Clocks differ; a certificate that begins this minute may not have begun elsewhere.
BEGINS_BEFORE = dt.timedelta(days=1)
PEM_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class CertificateProblemError(Exception):
    """The certificate cannot be used. The message names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class SealCertificate:
    """A private key, its certificate and those that issued it."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as viewers show it: pairs of hex digits with colons."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def valid_until(self) -> dt.datetime:
        """Aware, in UTC. A seal made before stays provable; after it a new one is needed."""
        return self.certificate.not_valid_after_utc


def installed() -> SealCertificate:
    """The installation's certificate, made now if there is none. Read once per process.

    Raises CertificateProblemError.
    """
    if settings.MUSLING_CERTIFICATE:
        given = Path(settings.MUSLING_CERTIFICATE)
        return _read_once(given, settings.MUSLING_CERTIFICATE_PASSWORD)
    own = Path(settings.MUSLING_VAR) / "certificate" / "seal.pem"
    if not own.exists():
        host = urlsplit(settings.MUSLING_BASE_URL).hostname or "localhost"
        try:
            _store(own, make(host))
        except OSError as problem:
            raise CertificateProblemError(
                f"{own} cannot be written: {problem.strerror}. "
                "Let the program write there, or name a certificate in MUSLING_CERTIFICATE."
            ) from None
    return _read_once(own, "")


def make(host: str) -> SealCertificate:
    """A new self-signed certificate for the installation at ``host``."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Musling – {host}"[:64])])
    begins = clock.now() - clock.offset() - BEGINS_BEFORE  # viewers know nothing of a moved clock
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_only(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return SealCertificate(key, certificate)


def load(path: Path, password: str = "") -> SealCertificate:
    """Reads a PKCS#12 or PEM file. Raises CertificateProblemError."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise CertificateProblemError(f"{path} cannot be read: {problem.strerror}.") from None
    secret = password.encode() or None
    try:
        found = (
            _from_pem(content, secret) if b"-----BEGIN" in content else _from_p12(content, secret)
        )
    except (ValueError, TypeError, x509.InvalidVersion) as problem:
        raise CertificateProblemError(
            f"{path} is not a PKCS#12 or PEM file that MUSLING_CERTIFICATE_PASSWORD opens."
        ) from problem
    if found is None:
        raise CertificateProblemError(
            f"{path} must hold a private key (RSA or elliptic curve) and the certificate for it."
        )
    return found


_read_once = functools.lru_cache(maxsize=4)(load)


def _signs_only() -> x509.KeyUsage:
    may = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"),
        False,
    )
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        encipher_only=False,
        decipher_only=False,
        **may,
    )


def _store(path: Path, made: SealCertificate) -> None:
    """Writes it for the program alone. Of two processes at once the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)  # made with 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_as_pem(made))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()


def _as_pem(made: SealCertificate) -> bytes:
    key = made.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return key + made.certificate.public_bytes(serialization.Encoding.PEM)


def _from_pem(content: bytes, password: bytes | None) -> SealCertificate | None:
    key = serialization.load_pem_private_key(content, password)
    certificates = [x509.load_pem_x509_certificate(c) for c in PEM_CERTIFICATE.findall(content)]
    return _matching(key, certificates)


def _from_p12(content: bytes, password: bytes | None) -> SealCertificate | None:
    key, own, others = pkcs12.load_key_and_certificates(content, password)
    return _matching(key, [*([own] if own else []), *others])


def _matching(key: object, certificates: list[x509.Certificate]) -> SealCertificate | None:
    """The certificate that belongs to the key; the rest is its chain."""
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return None
    public = key.public_key()
    own = [found for found in certificates if found.public_key() == public]
    if not own:
        return None
    return SealCertificate(key, own[0], tuple(c for c in certificates if c is not own[0]))
