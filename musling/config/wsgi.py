"""The WSGI entry. Refuses to start where a check of the gate fails, before anything is served."""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musling.config.settings")
django.setup()

from musling.gate.checks import refuse_unsound_start  # noqa: E402 (needs the apps)

refuse_unsound_start()
application = get_wsgi_application()
