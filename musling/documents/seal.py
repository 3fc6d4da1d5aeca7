"""The installation's electronic seal on a PDF: PAdES B-B.

The seal certifies: nothing may be added to a sealed file, and one changed byte shows. It is not a
person's signature; who signed the talk, when and how, stands in the document's text.
"""

from musling.documents.certificate import SealCertificate, installed


def sealed(pdf: bytes, certificate: SealCertificate | None = None) -> bytes:
    """The same document with the seal of ``certificate``, by default the installation's.

    Only for what ``typesetting`` made: tagged, and not sealed yet. Raises CertificateProblemError.
    """
    # Imported with the first document: 44 MB that a process which only serves pages does without.
    from musling.documents.pades import certify  # noqa: PLC0415

    return certify(pdf, certificate or installed())
