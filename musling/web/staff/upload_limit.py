"""Uploads stop at a limit, or where the disk is full, and the page can still say so (T12).

Django reads the body as soon as the CSRF check asks for the token, so a view would come too late.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from musling.people.import_folder import MAX_UPLOAD

# Two files and what belongs to a form around them.
MOST = 2 * MAX_UPLOAD + 1_000_000
# So much too much is read to its end and thrown away, so that the browser shows our answer.
PATIENCE = 4 * MOST
NO_ROOM = gettext_lazy(
    "The server has no room for the file. Tell those who run Musling at your workplace; when there "
    "is room, upload it again."
)


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Keeps files on disk while they are read, and none at all where the body is too large."""

    request: HttpRequest

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A body that is too large ends at its first file; the fields before that are there."""
        length = int(self.request.META.get("CONTENT_LENGTH") or 0)
        if length > MOST:
            self.request.upload_too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=length > PATIENCE)
        with self._room():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps a piece of the file."""
        with self._room():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        """The file, whole and on the disk."""
        with self._room():
            return super().file_complete(file_size)

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Ends the upload where the disk takes no more; the rest of the body is thrown away."""
        try:
            yield
        except OSError as full:
            self.request.upload_without_room = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=False) from full


def had_no_room(request: HttpRequest) -> bool:
    """Whether the files of this request could not be kept while they came in."""
    came_in = request.POST is not None  # which reads the body, where nobody has yet
    return came_in and getattr(request, "upload_without_room", False)


def was_too_large(request: HttpRequest) -> bool:
    """Whether the handler threw the files of this request away."""
    return bool(request.POST and getattr(request, "upload_too_large", False))
