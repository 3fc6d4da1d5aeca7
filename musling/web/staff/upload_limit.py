"""Uploads stop at a limit before they fill the disk, and the page can still say so (T12).

Django reads the body as soon as the CSRF check asks for the token, so a view would come too late.
"""

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from musling.people.import_folder import MAX_UPLOAD

# Two files and what belongs to a form around them.
MOST = 2 * MAX_UPLOAD + 1_000_000
# So much too much is read to its end and thrown away, so that the browser shows our answer.
PATIENCE = 4 * MOST


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Keeps files on disk while they are read, and none at all where the body is too large."""

    request: HttpRequest

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A body that is too large ends at its first file; the fields before that are there."""
        length = int(self.request.META.get("CONTENT_LENGTH") or 0)
        if length > MOST:
            self.request.upload_too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=length > PATIENCE)
        super().new_file(*args, **kwargs)


def was_too_large(request: HttpRequest) -> bool:
    """Whether the handler threw the files of this request away."""
    return bool(request.POST and getattr(request, "upload_too_large", False))
