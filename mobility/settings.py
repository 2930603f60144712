"""One settings file; the environment is the only difference between laptop, CI and production.

Every variable read here is listed, with its meaning, in ``.env.example``.
"""

import logging
import re
from pathlib import Path
from typing import Any

import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from mobility import ways_in

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)


def wrong(variable: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f'Environment variable "{variable}" invalid: {why}')


DEBUG = env.bool("DEBUG", False)
# Only `make demo` sets it: the sign-in page then lists the demo's accounts with their password.
DEMO = env.bool("DEMO", False)
# Where everything that is not source lives: database, broker, uploads, mail of the embedded default.
VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / "var").resolve()
try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise wrong("VAR_DIR", f"{VAR_DIR} can't be made ({error.strerror}). Name a folder that can.") from error

_secret = env.str("SECRET_KEY", "")
if not _secret:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Put a long random text in the environment or in .env, for instance: "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))'. "
        "(`make demo` and `make test` set one of their own.)"
    )
SECRET_KEY = _secret

# The machine itself may always ask: that is how the health checks come.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", []), "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# The address that e-mails and receipts point to.
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SECURE = SITE_URL.startswith("https://")

PORTAL_APPS = ["mobility", "applications", "scholarships", "recognition"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "mobility.apps.StaticFilesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "mobility.fenix",
    "bootstrap",
    "csp",
    "django_countries",
    "django_htmx",
    "rules",
    "template_partials",
    *PORTAL_APPS,
]

MIDDLEWARE = [
    # The outermost two, so that what the others refuse carries the headers too.
    "csp.middleware.CSPMiddleware",
    "mobility.middleware.harden",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "mobility.middleware.refuse_large_bodies",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before the one that asks for the sign-in: it has what was typed in its hands.
    "mobility.middleware.KeepUnsent",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "mobility.middleware.keep_private",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mobility.middleware.ExplainSignIn",
    "mobility.middleware.watch_session",
    # On the way in, in this order: second factor, privacy notice, role in use.
    "mobility.middleware.require_factor",
    "mobility.middleware.notice_first",
    "mobility.middleware.WearHat",
]

ROOT_URLCONF = "mobility.urls"
WSGI_APPLICATION = "mobility.wsgi.application"
ASGI_APPLICATION = "mobility.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mobility.views.site",
            ],
            "builtins": ["mobility.templatetags.portal", "mobility.templatetags.look"],
        },
    },
]

# --- Database -------------------------------------------------------------------------------

_embedded = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "portal.sqlite3"}
# An empty variable counts as none, here and below: that is how a compose file says "not set".
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", conn_max_age=600, conn_health_checks=True)
    if env.str("DATABASE_URL", "")
    else _embedded
}
if DATABASES["default"]["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
    raise wrong("DATABASE_URL", "it starts with postgres:// or sqlite:///; empty means SQLite in VAR_DIR.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at the start of a transaction: without it, two writers that both
    # began by reading get "database is locked" instead of waiting for each other.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis, cache, Celery -------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise wrong(
        "REDIS_URL",
        "it starts with redis://, rediss:// or unix://, for instance redis://127.0.0.1:6379/0; "
        "empty means the broker on files.",
    )
# Tells apart the installations that share one Redis.
CACHE_PREFIX = env.str("CACHE_PREFIX", "portal")
if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": CACHE_PREFIX,
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 3600,
        "global_keyprefix": f"{CACHE_PREFIX}:",
    }
else:
    # The embedded default needs a cache that all its processes share (rate limits), so files it is.
    CACHES = {
        "default": {
            "BACKEND": "mobility.caches.FileCache",
            "LOCATION": str(VAR_DIR / "cache"),
            # More than the limits count at a time: what overflows is thrown out by chance.
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }
    # The host means nothing to this broker, which complains when there is none.
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker"),
        "data_folder_out": str(VAR_DIR / "broker"),
        "control_folder": str(VAR_DIR / "broker-control"),
        "store_processed": False,
    }
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "portal")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Europe/Lisbon"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A job that has not beaten for this long is taken for dead and queued again.
JOB_STALLED_AFTER_SECONDS = env.int("JOB_STALLED_AFTER_SECONDS", 60, validate=validate.Range(min=1))
# Written by a worker when it takes work: how the supervisor and the container's health check know.
WORKER_READY_FILE = VAR_DIR / "worker-ready"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "send-messages": {"task": "mobility.tasks.send_messages", "schedule": 30.0},
    "forget-fenix-tokens": {"task": "mobility.tasks.forget_fenix_tokens", "schedule": 3600.0},
    "requeue-stalled-jobs": {
        "task": "mobility.tasks.requeue_stalled_jobs",
        "schedule": env.float("JOB_CHECK_SECONDS", 15.0, validate=validate.Range(min=0.1)),
    },
    "check-log": {"task": "mobility.tasks.check_log", "schedule": crontab(hour=3, minute=30)},
    # Once a day, when hardly anybody is there.
    "retention": {"task": "mobility.tasks.keep_only_what_is_due", "schedule": crontab(hour=4, minute=10)},
}

# --- Sign-in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "mobility.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_ADAPTER = "mobility.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = None
# One address a person, changed by confirming the new one; a change asks for the password again and is told by e-mail.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# How often what may be tried. By address (ip) the limits only bound what one machine can cost: on the night of a
# deadline a whole campus comes from one address, so that they must be wide. Guessing is bounded by account: from one
# address 5 wrong passwords in 5 minutes, so that nobody locks somebody else out from elsewhere; from all together 90
# an hour.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "300/m/ip,5/5m/key",
    "login_failed_anywhere": "90/h/key",
    "signup": "120/m/ip",
    # Each of them sends an e-mail: the address that gets it counts too.
    "reset_password": "60/m/ip,5/m/key",
    "confirm_email": "1/3m/key",
    "reset_password_from_key": "60/m/ip",
    # Of somebody signed in, whose session may be somebody else's by now.
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    # The portal's own. Only wrong codes of receipts count: nobody misreads as often, whoever tries them out does.
    "verify_receipt": "30/m/ip",
    # Opening a file costs a second of a core; a whole file of documents is 30.
    "upload": "40/h/user",
    # What is made anew for each reader; a published result is read by a whole campus at once.
    "export": "60/m/user",
    "public_export": "300/m/ip",
}
ACCOUNT_FORMS = {
    "login": "mobility.forms.LoginForm",
    "signup": "mobility.forms.SignupForm",
    "add_email": "mobility.forms.AddEmailForm",
    "change_password": "mobility.forms.ChangePasswordForm",
    "set_password": "mobility.forms.SetPasswordForm",
    "reset_password": "mobility.forms.ResetPasswordForm",
    "reset_password_from_key": "mobility.forms.ResetPasswordKeyForm",
    "reauthenticate": "mobility.forms.ReauthenticateForm",
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS += [
    {"NAME": "mobility.passwords.OwnWordsValidator"},
    {"NAME": "mobility.passwords.StolenPasswordValidator"},
]
PASSWORD_BREACH_FILE = env.str("PASSWORD_BREACH_FILE", "")
if PASSWORD_BREACH_FILE and not Path(PASSWORD_BREACH_FILE).is_file():
    raise wrong("PASSWORD_BREACH_FILE", f"there is no file {PASSWORD_BREACH_FILE}; empty means no list.")
PASSWORD_BREACH_URL = env.str("PASSWORD_BREACH_URL", "")
if PASSWORD_BREACH_URL and not PASSWORD_BREACH_URL.startswith(("https://", "http://127.0.0.1:")):
    raise wrong("PASSWORD_BREACH_URL", "it starts with https://, for instance https://api.pwnedpasswords.com/range.")
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]  # mixed value types

# --- Second factor and sessions -------------------------------------------------------------

# The first seals the secrets of second factors, every one opens them. None: SECRET_KEY does, and must then stay.
SECOND_FACTOR_KEYS: list[str] = env.list("SECOND_FACTOR_KEYS", []) or [SECRET_KEY]
MFA_ADAPTER = "mobility.factor_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Clocks that are half a minute off still do.
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
# As many as for passwords: a whole institution may share one address.
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "mobility.factor_forms.AuthenticateForm",
    "reauthenticate": "mobility.factor_forms.ReauthenticateForm",
    "activate_totp": "mobility.factor_forms.ActivateTOTPForm",
    "add_webauthn": "mobility.factor_forms.AddPasskeyForm",
    "edit_webauthn": "mobility.factor_forms.EditPasskeyForm",
}
# Without a click for so long, whoever holds a role is signed out. Students stay until the browser is closed, or for
# the age of the cookie when they chose to stay signed in.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", 30, validate=validate.Range(min=5))
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- Sign-in through the institution --------------------------------------------------------

# How long a provider may keep the reader waiting, in seconds.
SOCIALACCOUNT_REQUESTS_TIMEOUT = env.int("SIGN_IN_TIMEOUT_SECONDS", 5, validate=validate.Range(min=1, max=60))
# By how much the clock of a SAML provider may be off.
SAML_CLOCK_SKEW_SECONDS = env.int("SAML_CLOCK_SKEW_SECONDS", 60, validate=validate.Range(min=0, max=300))
try:
    _openid = ways_in.openid_connect(env.str("OIDC_PROVIDERS", ""))
except ValueError as error:
    raise wrong("OIDC_PROVIDERS", str(error)) from error
try:
    _saml = ways_in.saml(env.str("SAML_PROVIDERS", ""), SOCIALACCOUNT_REQUESTS_TIMEOUT)
    ways_in.check_ids(_openid, _saml)
except ValueError as error:
    raise wrong("SAML_PROVIDERS", str(error)) from error
FENIX_CLIENT_ID = env.str("FENIX_CLIENT_ID", "")
FENIX_URL = (env.str("FENIX_URL", "") or "https://fenix.tecnico.ulisboa.pt").rstrip("/")
try:
    _fenix = ways_in.fenix(FENIX_URL, FENIX_CLIENT_ID, env.str("FENIX_CLIENT_SECRET", ""))
except ValueError as error:
    raise wrong("FENIX_CLIENT_ID, FENIX_CLIENT_SECRET or FENIX_URL", str(error)) from error
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "openid_connect": {"provider_class": "mobility.identity.OpenIDConnect", "APPS": _openid},
    "saml": {"provider_class": "mobility.identity.Saml", "APPS": _saml},
    "fenix": {"APPS": _fenix},
}
# To where a form may lead: the browser follows from our button to the provider's page.
SIGN_IN_ORIGINS = [origin for app in (*_openid, *_saml, *_fenix) for origin in app["settings"]["origins"]]
SOCIALACCOUNT_ADAPTER = "mobility.adapter.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "mobility.forms.SocialSignupForm", "disconnect": "mobility.forms.DisconnectForm"}

# --- Languages and time ---------------------------------------------------------------------

LANGUAGE_CODE = "pt-pt"  # falls back to the catalogue "pt"
LANGUAGES = [("pt", _("Portuguese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Lisbon"
FORMAT_MODULE_PATH = ["mobility.formats"]
COUNTRIES_OVERRIDE = {
    # The list of charter holders has institutions in Kosovo, whose code is not of ISO 3166.
    "XK": _("Kosovo"),
    # Named as the library names them; said here so that the portal's own catalogue translates them, because the
    # library's Portuguese is not that of Portugal.
    "BH": _("Bahrain"),
    "KH": _("Cambodia"),
    "CD": _("Democratic Republic of the Congo"),
    "CW": _("Curaçao"),
    "CZ": _("Czechia"),
    "DJ": _("Djibouti"),
    "DM": _("Dominica"),
    "EG": _("Egypt"),
    "EH": _("Western Sahara"),
    "FO": _("Faroe Islands"),
    "KI": _("Kiribati"),
    "KN": _("Saint Kitts and Nevis"),
    "KP": _("North Korea"),
    "KR": _("South Korea"),
    "MM": _("Myanmar"),
    "MU": _("Mauritius"),
    "MW": _("Malawi"),
    "OM": _("Oman"),
    "PS": _("Palestine"),
    "QA": _("Qatar"),
    "SC": _("Seychelles"),
    "SY": _("Syria"),
    "TJ": _("Tajikistan"),
    "TM": _("Turkmenistan"),
    "UZ": _("Uzbekistan"),
    "VN": _("Vietnam"),
    "ZW": _("Zimbabwe"),
}

# --- Files and mail -------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Hashed names need `collectstatic` to have run; the tests do without.
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.bool("STATIC_MANIFEST", not DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# What one file that somebody gives may be; and how many a student may have here.
UPLOAD_MAX_MEGABYTES = env.int("UPLOAD_MAX_MEGABYTES", 10, validate=validate.Range(min=1, max=100))
UPLOAD_MAX_PAGES = env.int("UPLOAD_MAX_PAGES", 100, validate=validate.Range(min=1))
UPLOAD_MAX_MEGAPIXELS = env.int("UPLOAD_MAX_MEGAPIXELS", 50, validate=validate.Range(min=1, max=100))
UPLOAD_MAX_FILES = env.int("UPLOAD_MAX_FILES", 30, validate=validate.Range(min=1))
# The daemon that looks for viruses; with one set, nothing is taken that it hasn't seen.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "")
if CLAMD_ADDRESS and not re.fullmatch(r"unix:/.+|tcp://[^\s/]+:\d{1,5}", CLAMD_ADDRESS):
    raise wrong("CLAMD_ADDRESS", "it looks like unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310; empty means none.")
# A body is refused before it is read: the largest file, and some room for the form around it.
LARGEST_BODY_BYTES = (max(UPLOAD_MAX_MEGABYTES, 10) + 1) * 1024**2
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Mobilidade <mobilidade@example.org>")
EMAIL_TIMEOUT = 20
_email_url = env.str("EMAIL_URL", "")
if _email_url:
    if not _email_url.startswith(("smtp://", "smtps://", "submission://", "smtp+tls://", "smtp+ssl://", "console:")):
        raise wrong("EMAIL_URL", "it looks like submission://user:password@host:587; empty means files in VAR_DIR.")
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")

# --- Personal data --------------------------------------------------------------------------

# Whom the privacy notice names: the data protection officer of whoever runs the portal.
DATA_PROTECTION_CONTACT = env.str("DATA_PROTECTION_CONTACT", "") or "protecao.de.dados@example.org"
if "@" not in DATA_PROTECTION_CONTACT:
    raise wrong("DATA_PROTECTION_CONTACT", "it is an e-mail address, for instance dpo@example.org.")

# --- Hardening ------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A browser takes a cookie of a name with __Host- only over HTTPS, from this host alone and for all of it: no
# neighbour under the same domain can plant one. Pages carry the CSRF token themselves, so no script reads its cookie.
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The limits on attempts count by the reader's address, not by the proxy's.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
# Everything that isn't named is forbidden, inline script and style among it.
CSRF_FAILURE_VIEW = "mobility.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *SIGN_IN_ORIGINS],
        "upgrade-insecure-requests": SECURE,
    }
}

# --- Logs -----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.log_level("LOG_LEVEL", logging.INFO)},
    # They tell every page that they lay out and every font that they cut.
    "loggers": {"weasyprint": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}

# Events that somebody may search for later, as one line of key=value each (docs/operations.md lists them); what comes
# from outside is quoted, so that it can't begin a line of its own.
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
