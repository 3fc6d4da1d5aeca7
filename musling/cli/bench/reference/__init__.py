"""What Musling's pages are held against: a Django site that does as little as it can.

Django's own middleware and WhiteNoise, one view per page behind ``login_required``, three queries
in each, and a flat template: the page as Musling sends it, word for word, with only the token and a
name put in. The same database, sessions, log-ins, server and number of processes.
"""

from typing import Any

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
URLS = "musling.cli.bench.reference.urls"
FLAT = "flat"  # the folder of the flat templates, under MUSLING_VAR


def bare_settings() -> None:
    """Turns the settings of this process into those of the reference.

    Once Django is set up, for allauth then insists on its middleware; before a page is asked for.
    """
    from django.conf import settings

    settings.MIDDLEWARE = MIDDLEWARE
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.ROOT_URLCONF = URLS
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [settings.MUSLING_VAR / FLAT],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ]


def application() -> Any:
    """What each process of the reference runs, taken in and answered as Musling's."""
    import django
    from django.core.handlers.wsgi import WSGIHandler

    from musling.cli.buffering import Buffered

    django.setup(set_prefix=False)
    bare_settings()
    from musling.cli.starting import end_with_starter

    end_with_starter()
    return Buffered(WSGIHandler())
