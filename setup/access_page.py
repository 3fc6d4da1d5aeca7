"""Writes docs/access.md anew from the rows of access."""

import django

django.setup()

from musling.web.access.document import FILE, markdown  # noqa: E402 (needs the apps)

FILE.write_text(markdown(), "utf-8")
