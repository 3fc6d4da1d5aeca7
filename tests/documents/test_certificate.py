"""The certificate: made once for the program alone, or read from the file that is named."""

import datetime as dt
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pytest_django import Settings

from musling.documents import certificate
from musling.documents.certificate import CertificateProblemError, installed, load, make
from musling.foundation import clock


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Path:
    """Where the installation's own certificate will lie."""
    settings.MUSLING_VAR = tmp_path
    settings.MUSLING_CERTIFICATE = ""
    settings.MUSLING_BASE_URL = "https://mus.havneby.example"
    return tmp_path / "certificate" / "seal.pem"


def test_it_is_made_at_first_use_and_kept(own: Path) -> None:
    first = installed()

    assert load(own).fingerprint == first.fingerprint
    assert installed().fingerprint == first.fingerprint


def test_only_the_program_can_read_it(own: Path) -> None:
    installed()

    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    assert stat.S_IMODE(own.parent.stat().st_mode) == 0o700
    assert [path.name for path in own.parent.iterdir()] == ["seal.pem"]


def test_it_names_the_installation_and_may_sign_and_nothing_else(own: Path) -> None:
    made = installed()
    usage = made.certificate.extensions.get_extension_for_class(certificate.x509.KeyUsage).value

    assert made.certificate.subject.rfc4514_string() == "CN=Musling – mus.havneby.example"
    assert isinstance(made.key, rsa.RSAPrivateKey)
    assert made.key.key_size == 3072
    assert (usage.digital_signature, usage.content_commitment) == (True, True)
    assert (usage.key_cert_sign, usage.key_encipherment) == (False, False)


def test_it_is_valid_for_ten_years_of_real_time(own: Path) -> None:
    clock.move(dt.timedelta(days=-400))
    try:
        made = installed()
    finally:
        clock.reset()

    assert made.certificate.not_valid_before_utc < clock.now()
    assert made.valid_until > clock.now() + dt.timedelta(days=3650)


def test_several_processes_at_once_agree_on_one(own: Path) -> None:
    found: list[str] = []
    made = make("localhost")

    def start() -> None:
        certificate._store(own, made if threading.current_thread().name == "0" else make("other"))
        found.append(load(own).fingerprint)

    threads = [threading.Thread(target=start, name=str(number)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 3
    assert len(set(found)) == 1


def test_the_file_is_read_once(own: Path) -> None:
    first = installed()
    own.rename(own.with_name("elsewhere.pem"))
    own.touch()

    assert installed() is first


def test_a_folder_that_cannot_be_written_is_told(own: Path) -> None:
    own.parent.write_text("a file where the folder should be")

    with pytest.raises(CertificateProblemError, match="Let the program write there"):
        installed()


@pytest.fixture(scope="module")
def bought() -> certificate.SealCertificate:
    """Stands for one that an authority issued."""
    return make("bought.example")


@pytest.mark.parametrize("password", ["", "æble"])
def test_a_given_p12_is_used(
    own: Path,
    settings: Settings,
    tmp_path: Path,
    bought: certificate.SealCertificate,
    password: str,
) -> None:
    path = tmp_path / f"given{len(password)}.p12"
    locked = (
        serialization.BestAvailableEncryption(password.encode())
        if password
        else serialization.NoEncryption()
    )
    issuer = make("issuer.example").certificate
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"x", bought.key, bought.certificate, [issuer], locked
        )
    )
    settings.MUSLING_CERTIFICATE = str(path)
    settings.MUSLING_CERTIFICATE_PASSWORD = password

    assert installed().fingerprint == bought.fingerprint
    assert installed().chain == (issuer,)
    assert not own.exists()


def test_a_given_pem_is_used_whatever_the_order_inside(
    tmp_path: Path, bought: certificate.SealCertificate
) -> None:
    other = make("issuer.example").certificate.public_bytes(serialization.Encoding.PEM)
    path = tmp_path / "given.pem"
    path.write_bytes(other + certificate._as_pem(bought))

    assert load(path).fingerprint == bought.fingerprint


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_what_cannot_be_used_is_refused_with_what_to_do(
    tmp_path: Path, bought: certificate.SealCertificate
) -> None:
    public = bought.certificate.public_bytes(serialization.Encoding.PEM)
    locked = pkcs12.serialize_key_and_certificates(
        b"x", bought.key, bought.certificate, None, serialization.BestAvailableEncryption(b"right")
    )
    files = {
        "missing.pem": (None, "cannot be read"),
        "noise.p12": (b"noise", "is not a PKCS#12 or PEM file"),
        "locked.p12": (locked, "MUSLING_CERTIFICATE_PASSWORD"),
        "public.pem": (public, "is not a PKCS#12 or PEM file"),
        "alone.pem": (pem(ec.generate_private_key(ec.SECP256R1())), "must hold a private key"),
        "stranger.pem": (
            pem(ec.generate_private_key(ec.SECP256R1())) + public,
            "and the certificate for it",
        ),
        "ed25519.pem": (pem(ed25519.Ed25519PrivateKey.generate()) + public, "RSA or elliptic"),
    }
    for name, (content, message) in files.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(CertificateProblemError, match=message) as refusal:
            load(tmp_path / name, "wrong" if content is locked else "")
        assert name in str(refusal.value)
