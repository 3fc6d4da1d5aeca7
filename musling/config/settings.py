"""All settings, read from the environment. Nothing here is a secret.

``MUSLING_MODE`` is ``production`` (the default), ``demo`` or ``test``. Production refuses to start
without a secret key and host names (see ``musling.gate.checks``).
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The variable's value, or the default."""
    return os.environ.get(name, default)


def env_bool(name: str, default: bool = False) -> bool:
    """True for 1, true, yes and on."""
    return env(name, str(default)).lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    """The comma-separated values, without blanks."""
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_years(name: str, default: int) -> int:
    """A whole number of years from 1 to 20. Raises ImproperlyConfigured."""
    value = env(name, str(default))
    if not (value.isdigit() and 1 <= int(value) <= 20):
        raise ImproperlyConfigured(f"{name} is {value!r}; give a whole number of years, 1 to 20.")
    return int(value)


# Within half a minute we notice that the database's machine is gone, and PostgreSQL that ours is:
# it would otherwise hold what a dead machine was at for two hours (libpq, and tcp(7)).
KEEPALIVES = {"keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3"}
NOTICE_THE_DEAD = {"connect_timeout": "10", **KEEPALIVES}
if env_bool(
    "MUSLING_PREPARE", True
):  # a pooler, for which it is off, refuses what it does not know
    NOTICE_THE_DEAD["options"] = " ".join(f"-ctcp_{name}={n}" for name, n in KEEPALIVES.items())


def database(url: str) -> dict[str, Any]:
    """A Django database setting from ``sqlite:///path`` or ``postgresql://user:pw@host/name``.

    A socket folder goes in as ``?host=/folder``.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            # Opening one reads the whole schema, which takes longer than most pages' queries.
            "CONN_MAX_AGE": 300,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA secure_delete=ON; PRAGMA cache_size=-16000;",
            },
        }
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 300,
        # Else each thread answers once with an error after the database was restarted.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": NOTICE_THE_DEAD | query,
    }


MUSLING_MODE = env("MUSLING_MODE", "production")
MUSLING_VAR = Path(env("MUSLING_VAR", "var")).resolve()
MUSLING_BASE_URL = env("MUSLING_BASE_URL", "http://localhost:8000").rstrip("/")
MUSLING_KEYRING = Path(env("MUSLING_KEYRING", str(MUSLING_VAR / "keyring")))
# A twin of the keyring on another disk: without it a dead disk takes everything with it.
MUSLING_KEYRING_COPY = env("MUSLING_KEYRING_COPY")
MUSLING_LEDGER = Path(env("MUSLING_LEDGER", str(MUSLING_VAR / "ledger")))
# How long the log of who did and read what is kept; whole batches of its chain go at a time.
MUSLING_LOG_YEARS = env_years("MUSLING_LOG_YEARS", 5)
# Off where the server may not reach out to the net, or nobody wants it to.
MUSLING_READ_CALENDARS = env_bool("MUSLING_READ_CALENDARS", True)
MUSLING_CERTIFICATE = env("MUSLING_CERTIFICATE")
MUSLING_CERTIFICATE_PASSWORD = env("MUSLING_CERTIFICATE_PASSWORD")
MUSLING_MFA_ROLES = env_list("MUSLING_MFA_ROLES", "hr,operator")
MUSLING_MFA_REQUIRED = env_bool("MUSLING_MFA_REQUIRED", MUSLING_MODE == "production")
MUSLING_MODES = ("production", "demo", "test")
IN_PRODUCTION = MUSLING_MODE == "production"

DEBUG = False
# A missing secret gets as far as the gate, which says what to do (musling.gate.checks).
SECRET_KEY = env("MUSLING_SECRET_KEY") or ("missing" if IN_PRODUCTION else "not-secret-" * 5)
ALLOWED_HOSTS = env_list(
    "MUSLING_HOSTS", "" if IN_PRODUCTION else "localhost,127.0.0.1,[::1],testserver"
)
CSRF_TRUSTED_ORIGINS = [MUSLING_BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "musling.vault",
    "musling.work",
    "musling.activity",
    "musling.organisations",
    "musling.people",
    "musling.calendars",
    "musling.frames",
    "musling.conversations",
    "musling.rounds",
    "musling.reorganising",
    "musling.documents",
    "musling.mail",
    "musling.privacy",
    "musling.schedule",
    "musling.gate",
    "musling.identity",
    "musling.web",
]

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",  # see docs/decisions/0006-compression.md
    # Around all others, so that whatever answers, also a refusal on the way in, bears their marks.
    "musling.gate.middleware.GateMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "musling.web.language.PersonLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "musling.identity.middleware.SharedDeviceMiddleware",
    "musling.identity.middleware.EndedSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "musling.config.urls"
WSGI_APPLICATION = "musling.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps: allauth brings templates of its own under the same names.
        "DIRS": [BASE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # {% csrf_token %} also says who the form was made for: see musling.identity.held.
            "builtins": [
                "musling.identity.templatetags.posting",
                "musling.web.templatetags.fixed",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "musling.web.context.page",
            ],
        },
    }
]
FORM_RENDERER = "musling.web.forms.DkfdsRenderer"

DATABASES = {
    "default": database(env("DATABASE_URL", f"sqlite:///{MUSLING_VAR / 'musling.sqlite3'}"))
}
# Owns the tables on PostgreSQL; used by `musling migrate` alone. The program itself owns nothing.
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL")
# PostgreSQL keeps the plans of frequent queries per session. Off behind a pooler that gives each
# transaction another session.
MUSLING_PREPARE = env_bool("MUSLING_PREPARE", True)
DATABASE_OWNER = database(DATABASE_OWNER_URL) if DATABASE_OWNER_URL else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Rate limits and replay protection must be shared by all processes.
    # With Django's 300 entries, whoever tries many addresses would push the counters out.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What is public text and the same for all: rendered frames. A process may hold its own.
    "rendered": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "rendered",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 64},
    },
}

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email",)},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "logged-out"
PASSWORD_RESET_TIMEOUT = 2 * 3600

SESSION_ENGINE = "musling.identity.session_store"
# With this prefix a browser takes the cookie from this host alone, and over TLS alone: another site
# under the same domain, such as a municipality's, cannot plant one.
COOKIE_PREFIX = "__Host-" if IN_PRODUCTION else ""
SESSION_COOKIE_NAME = COOKIE_PREFIX + "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = COOKIE_PREFIX + "csrf"
CSRF_COOKIE_HTTPONLY = True  # a script reads the token from the page's form
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "musling.identity.views.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SECURE_SSL_REDIRECT = IN_PRODUCTION and env_bool("MUSLING_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31536000 if IN_PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("MUSLING_BEHIND_PROXY") else None
)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What a page may ask of the device: passkeys, and copying a code to the clipboard.
PERMISSIONS_POLICY = {
    **dict.fromkeys(("publickey-credentials-create", "publickey-credentials-get"), "(self)"),
    "clipboard-write": "(self)",
    **dict.fromkeys(
        (
            *("accelerometer", "autoplay", "browsing-topics", "camera"),
            *("clipboard-read", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
            *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone"),
            *("midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb"),
            *("window-management", "xr-spatial-tracking"),
        ),
        "()",
    ),
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["musling.web.staff.upload_limit.LimitedUploadHandler"]

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
LOCALE_PATHS = [BASE / "locale"]
FORMAT_MODULE_PATH = "musling.web.formats"
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = MUSLING_VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31536000

mail = urlsplit(env("EMAIL_URL", "console:" if not IN_PRODUCTION else "smtp://localhost:25"))
EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "memory": "django.core.mail.backends.locmem.EmailBackend",
}.get(mail.scheme, "musling.mail.smtp.EmailBackend")
EMAIL_FILE_PATH = mail.path if mail.scheme == "file" else None
EMAIL_HOST = mail.hostname or "localhost"
EMAIL_PORT = mail.port or 25
EMAIL_HOST_USER = unquote(mail.username or "")
EMAIL_HOST_PASSWORD = unquote(mail.password or "")
EMAIL_USE_TLS = mail.scheme == "smtp+tls"
EMAIL_USE_SSL = mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("MUSLING_MAIL_FROM", "Musling <musling@localhost>")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# allauth: see musling.identity
ACCOUNT_ADAPTER = "musling.identity.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the others end; the one that changed it stays
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
# A whole workplace shares one address of the net, so guesses are counted per log-in above all.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "request_login_code": "60/m/ip,3/5m/key",
    "reset_password": "20/m/ip,3/5m/key",
    "reset_password_from_key": "60/m/ip",
    "activate": "30/m/ip,300/h/ip",  # wrong codes
    "activate_address": "60/m/ip,5/h/key",
}
ACCOUNT_FORMS = {
    "login": "musling.identity.forms.LogInForm",
    "request_login_code": "musling.identity.forms.RequestLogInCodeForm",
    "confirm_login_code": "musling.identity.forms.LogInCodeForm",
    "confirm_email_verification_code": "musling.identity.forms.EmailCodeForm",
    "reset_password": "musling.identity.forms.ResetPasswordForm",
    "reset_password_from_key": "musling.identity.forms.NewPasswordForm",
    "change_password": "musling.identity.forms.ChangePasswordForm",
    "set_password": "musling.identity.forms.SetPasswordForm",
    "reauthenticate": "musling.identity.forms.ReauthenticateForm",
    "add_email": "musling.identity.forms.AddEmailForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env_bool("MUSLING_BEHIND_PROXY") else 0
MFA_ADAPTER = "musling.identity.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IN_PRODUCTION
MFA_TOTP_ISSUER = "Musling"
# A used code is remembered for one period: with a tolerance it could be used a second time.
MFA_TOTP_TOLERANCE = 0
MFA_FORMS = {
    "authenticate": "musling.identity.forms.SecondStepForm",
    "reauthenticate": "musling.identity.forms.SecondStepAgainForm",
    "activate_totp": "musling.identity.forms.ActivateTotpForm",
    "add_webauthn": "musling.identity.forms.AddPasskeyForm",
    "authenticate_webauthn": "musling.identity.forms.SecondStepPasskeyForm",
    "login_webauthn": "musling.identity.forms.LogInPasskeyForm",
    "reauthenticate_webauthn": "musling.identity.forms.PasskeyAgainForm",
    "edit_webauthn": "musling.identity.forms.RenamePasskeyForm",
}

# Ids only ever reach a log line; no text and no task argument does.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "musling.gate.log_lines.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Without handlers of their own: Django's would mail whole requests to ADMINS.
    "loggers": {"musling": {"level": "INFO"}, "django": {"level": "WARNING", "handlers": []}},
}
