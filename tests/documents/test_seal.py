"""The seal: it holds, a changed byte shows, and the file stays what it claims to be."""

from io import BytesIO

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from musling.documents.activation_slips import activation_slips
from musling.documents.agreement_sheet import agreement_sheet, empty_agreement_sheet
from musling.documents.certificate import SealCertificate, make
from musling.documents.minutes import minutes_document
from musling.documents.pades import FIELD, Sealer
from musling.documents.preparation_paper import preparation_paper
from musling.documents.seal import sealed
from tests.documents.conformance import elements, problems
from tests.documents.examples import DANISH, ENGLISH, pages, sheet
from tests.documents.test_other_documents import MINUTES, PAPER, slip


@pytest.fixture(scope="module")
def certificate() -> SealCertificate:
    return make("mus.havneby.example")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return agreement_sheet(sheet(6))


@pytest.fixture(scope="module")
def seal(pdf: bytes, certificate: SealCertificate) -> bytes:
    return sealed(pdf, certificate)


def checked(pdf: bytes, certificate: SealCertificate) -> PdfSignatureStatus:
    """What a viewer that trusts the certificate says of the only signature."""
    der = certificate.certificate.public_bytes(serialization.Encoding.DER)
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    trust = ValidationContext(trust_roots=[asn1.Certificate.load(der)])
    return validate_pdf_signature(signature, trust)


def test_the_seal_is_valid_and_covers_the_whole_file(
    seal: bytes, certificate: SealCertificate
) -> None:
    status = checked(seal, certificate)

    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok


def test_it_is_a_pades_seal_that_allows_no_change(seal: bytes) -> None:
    (signature,) = PdfFileReader(BytesIO(seal)).embedded_signatures

    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert signature.field_name == FIELD


def test_the_document_itself_keeps_every_byte(pdf: bytes, seal: bytes) -> None:
    assert seal.startswith(pdf)
    assert pages(seal) == pages(pdf)
    assert PdfReader(BytesIO(seal)).xmp_metadata.stream.get_data() == (
        PdfReader(BytesIO(pdf)).xmp_metadata.stream.get_data()
    )


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7])
def test_one_changed_byte_is_found(
    pdf: bytes, seal: bytes, certificate: SealCertificate, place: float
) -> None:
    at = int(len(pdf) * place)
    changed = seal[:at] + bytes([seal[at] ^ 1]) + seal[at + 1 :]

    try:
        status = checked(changed, certificate)
    except Exception:  # noqa: BLE001 - a file that can no longer be read is found out as well
        return
    assert not status.intact
    assert not status.bottom_line


def test_another_word_in_place_of_one_is_found(certificate: SealCertificate) -> None:
    plain = sealed(agreement_sheet(sheet(1)), certificate)
    changed = plain.replace(b"(da-DK)", b"(da-NO)")

    assert changed != plain
    assert not checked(changed, certificate).intact


def test_an_addition_after_the_seal_is_found(seal: bytes, certificate: SealCertificate) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(seal))
    page, _resources = writer.find_page_for_modification(0)
    page.get_object()["/Rotate"] = NumberObject(90)
    writer.mark_update(page)
    output = BytesIO()
    writer.write(output)
    status = checked(output.getvalue(), certificate)

    assert status.coverage.name != "ENTIRE_FILE"
    assert not status.bottom_line


def test_a_stranger_s_seal_is_not_trusted(pdf: bytes, certificate: SealCertificate) -> None:
    status = checked(sealed(pdf, make("mus.havneby.example")), certificate)

    assert status.intact
    assert not status.trusted


def test_a_seal_with_an_elliptic_curve_and_a_chain_is_valid(pdf: bytes) -> None:
    root, leaf = issued()
    chained = SealCertificate(leaf.key, leaf.certificate, (root.certificate,))

    assert checked(sealed(pdf, chained), root).bottom_line


def issued() -> tuple[SealCertificate, SealCertificate]:
    """An authority, and a certificate with an elliptic-curve key that it issued."""
    model = make("model.example").certificate
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, n)]) for n in ("CA", "Seal")]
    made = []
    for at, usage in ((0, True), (1, False)):
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[at])
            .issuer_name(names[0])
            .public_key(keys[at].public_key())
            .serial_number(at + 1)
            .not_valid_before(model.not_valid_before_utc)
            .not_valid_after(model.not_valid_after_utc)
            .add_extension(x509.BasicConstraints(ca=usage, path_length=None), critical=True)
            .add_extension(key_usage(signs=not usage, issues=usage), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(keys[at].public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()),
                critical=False,
            )
        )
        made.append(SealCertificate(keys[at], builder.sign(keys[0], hashes.SHA256())))
    return made[0], made[1]


def key_usage(*, signs: bool, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


@pytest.mark.parametrize(
    "make_document",
    [
        lambda: agreement_sheet(sheet(0)),
        lambda: agreement_sheet(sheet(10, ENGLISH)),
        lambda: empty_agreement_sheet(DANISH, ["Bruger", "Hjælper"]),
        lambda: minutes_document(MINUTES),
        lambda: activation_slips(DANISH, [slip("Amina"), slip("Bo")], per_page=4),
        lambda: preparation_paper(PAPER),
    ],
    ids=["no agreements", "ten, in English", "empty", "minutes", "slips", "paper"],
)
def test_every_document_can_be_sealed_and_stays_conforming(
    make_document: type[bytes], certificate: SealCertificate
) -> None:
    document = sealed(make_document(), certificate)

    assert problems(document) == []
    assert checked(document, certificate).bottom_line


def test_the_field_is_described_in_the_document_s_language(certificate: SealCertificate) -> None:
    spoken = []
    for head in (DANISH, ENGLISH):
        reader = PdfReader(BytesIO(sealed(agreement_sheet(sheet(1, head)), certificate)))
        (form,) = [element for element in elements(reader) if element["/S"] == "/Form"]
        assert form["/Alt"] == reader.pages[-1]["/Annots"][0]["/TU"]
        spoken.append(form["/Alt"])

    assert spoken == [
        "Installationens segl: viser, om filen er ændret",
        "Seal of the installation: shows whether this file was changed",
    ]


def test_a_seal_without_our_tagging_would_not_conform(
    pdf: bytes, certificate: SealCertificate
) -> None:
    output = signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        signers.PdfSignatureMetadata(field_name="Plain", md_algorithm="sha256"),
        Sealer(certificate),
    )

    assert set(problems(output.getvalue())) >= {
        "UA 7.18.1: a field without description",
        "UA 7.18.4: a field outside an element Form",
    }
