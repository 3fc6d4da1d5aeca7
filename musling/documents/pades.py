# mypy: disable-error-code="no-untyped-call"
"""How the seal gets into the file without breaking what makes it accessible; by pyHanko.

A seal needs a form field. The one added here

* has no size and lies on the last page, with the print flag that PDF/A-3 demands (6.3.2) and
  without the hidden flag that it forbids; without size it needs no appearance (6.3.3);
* has a description for those who listen (``TU``; PDF/UA-1, 7.18.1);
* is an element ``Form`` of the structure tree with the field as its only child, and is found from
  the parent tree (7.18.4); the page's order of tabs follows the structure (7.18.3).

The description of the file (XMP) stays as it was, and with it the claim to both standards.
``tests/documents/conformance.py`` checks these clauses; no external validator has been run.
"""

import functools
import io
from typing import Any

from asn1crypto import x509 as asn1  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.utils import translation
from django.utils.translation import gettext as _
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from musling.documents.certificate import PrivateKey, SealCertificate

FIELD = "MuslingSeal"


class Sealing(IncrementalPdfFileWriter):
    """Adds to the file and leaves its description alone."""

    def _update_meta(self) -> None:
        """Does not rewrite date and XMP: that could lose the claims to PDF/A and PDF/UA."""


class Sealer(signers.Signer):
    """Signs with a key that is loaded already.

    pyHanko's own signer reads and checks the key anew for each signature: 0.2 s with RSA.
    """

    def __init__(self, certificate: SealCertificate) -> None:
        chain = SimpleCertificateStore()
        chain.register_multiple(_as_asn1(issuer) for issuer in certificate.chain)
        super().__init__(signing_cert=_as_asn1(certificate.certificate), cert_registry=chain)
        self._key = certificate.key

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002 - always SHA-256, named in certify()
        dry_run: bool = False,  # noqa: ARG002 - signing is as quick as guessing the size
    ) -> bytes:
        """The bare signature over ``data``."""
        return _sign(self._key, data)


def certify(pdf: bytes, certificate: SealCertificate) -> bytes:
    """The PDF with the seal as an addition at its end; what was there keeps its bytes."""
    writer = Sealing(io.BytesIO(pdf))
    _add_field(writer)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    output = io.BytesIO()
    sealer = _sealer(certificate)
    signers.sign_pdf(writer, metadata, sealer, existing_fields_only=True, output=output)
    return output.getvalue()


_sealer = functools.lru_cache(maxsize=4)(Sealer)


def _as_asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _sign(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def _add_field(writer: Sealing) -> None:
    """The signature field on the last page, tagged and described in the document's language."""
    with translation.override(str(writer.root["/Lang"]).split("-")[0]):
        description = _("Seal of the installation: shows whether this file was changed")
    fields.append_signature_field(
        writer, fields.SigFieldSpec(FIELD, on_page=-1, readable_field_name=description)
    )
    page, _resources = writer.find_page_for_modification(-1)
    page.get_object()["/Tabs"] = pdf_name("/S")
    writer.mark_update(page)
    widget = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    _tag(writer, widget, page, description)


def _tag(writer: Sealing, widget: Any, page: Any, description: str) -> None:
    """Makes the field an element Form, last in the document, and findable from the parent tree."""
    tree = writer.root["/StructTreeRoot"]
    document = _only(tree.raw_get("/K"))
    form = writer.add_object(_form(document, widget, page, description))
    document.get_object()["/K"].append(form)
    number = int(tree["/ParentTreeNextKey"])
    tree["/ParentTree"]["/Nums"].extend([generic.NumberObject(number), form])
    tree["/ParentTreeNextKey"] = generic.NumberObject(number + 1)
    widget.get_object()["/StructParent"] = generic.NumberObject(number)
    for changed in (tree, document.get_object(), tree["/ParentTree"]["/Nums"]):
        writer.update_container(changed)


def _form(document: Any, widget: Any, page: Any, description: str) -> generic.DictionaryObject:
    reference = {
        pdf_name("/Type"): pdf_name("/OBJR"),
        pdf_name("/Obj"): widget,
        pdf_name("/Pg"): page,
    }
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/StructElem"),
            pdf_name("/S"): pdf_name("/Form"),
            pdf_name("/P"): document,
            pdf_name("/Pg"): page,
            pdf_name("/Alt"): generic.TextStringObject(description),
            pdf_name("/K"): generic.DictionaryObject(reference),
        }
    )


def _only(children: Any) -> Any:
    """The reference to the one element Document at the root of what Typst tags."""
    found = children.get_object()
    return found.raw_get(0) if isinstance(found, generic.ArrayObject) else children
