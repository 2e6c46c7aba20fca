"""Settings of the portal, read from the environment (or an `.env` file beside `manage.py`).

Three modes (docs/adr/0001-three-modes.md): nothing set is the safe local demo; `DEBUG=True` is development;
`DEBUG=False` is production, which refuses to start until everything in `PRODUCTION_NEEDS` is given.
"""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from hubportal.demo_secret import local_secret

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

_mode = env.str("DEBUG", default="")
DEBUG = bool(_mode) and env.bool("DEBUG")
PRODUCTION = bool(_mode) and not DEBUG
DEMO = not PRODUCTION

PRODUCTION_NEEDS = ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL")
_missing = [name for name in PRODUCTION_NEEDS if not os.environ.get(name, "").strip()]
if PRODUCTION and _missing:
    raise ImproperlyConfigured(
        f"DEBUG=False means production, which needs {', '.join(_missing)} in the environment or in .env: "
        "see docs/settings.md, or leave DEBUG unset for the local demo."
    )

SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret(VAR_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
LETTERS_OF_A_KEY = 50
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}").rstrip("/")

INSTALLED_APPS = [
    "hubportal.console.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "axes",
    "csp",
    "django_otp.plugins.otp_totp",
    "hubs",
    "accounts",
    "enquiries",
    "appointments",
    "reports",
    "hubportal",
]

MIDDLEWARE = [
    "hubportal.request_log.RequestLogMiddleware",
    "hubportal.middleware.RefuseMalformedRequests",
    "hubportal.page_memo.PageMemoMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hubportal.middleware.BrowserRulesMiddleware",
    "hubportal.middleware.NoProgramInTheClear",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hubportal.outage.OutageMiddleware",
    "accounts.middleware.StaffCookieMiddleware",
    "hubportal.middleware.PathLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "hubportal.middleware.MethodsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.StaffPersonMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.StaffMessagesMiddleware",
    "accounts.middleware.StaffSessionMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hubportal.urls"
WSGI_APPLICATION = "hubportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hubportal.context_processors.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_FAIL_SILENTLY = False

# Why each option is as it is: docs/adr/0002-databases.md. FULL is slower than the popular NORMAL and, unlike
# NORMAL, loses nothing that was acknowledged when the power goes. A page that one commit after another writes
# goes from the log into the file once in 4,000 pages (16 MB) instead of once in 1,000.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864; "
    "PRAGMA wal_autocheckpoint=4000;",
}
_POSTGRESQL_OPTIONS = {
    # Seconds, and milliseconds: a machine that has gone silent must not hold a request for minutes.
    "connect_timeout": 3,
    "tcp_user_timeout": 20000,
    "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000",
}
_database_url = env.str("DATABASE_URL", default="")
_database: dict[str, Any] = {"ENGINE": "hubportal.sqlite", "NAME": VAR_DIR / "hubs.sqlite3"}
if _database_url:
    _database = env.db_url_config(_database_url)
_database |= {
    "ATOMIC_REQUESTS": False,
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
}
if "sqlite" in _database["ENGINE"]:
    _database["ENGINE"] = "hubportal.sqlite"
    _database["OPTIONS"] = _SQLITE_OPTIONS
    _database["CONN_MAX_AGE"] = None
else:
    _database.setdefault("OPTIONS", {}).update(_POSTGRESQL_OPTIONS)
DATABASES = {"default": _database}
# A replica, which lags by moments and refuses writes: reports/reading.py says what is read from it.
_replica_url = env.str("REPLICA_DATABASE_URL", default="")
READING_DATABASE = "replica" if _replica_url else "default"
if _replica_url:
    _replica = env.db_url_config(_replica_url)
    if _replica["ENGINE"] != _database["ENGINE"] or "postgresql" not in _replica["ENGINE"]:
        raise ImproperlyConfigured(
            "REPLICA_DATABASE_URL needs PostgreSQL in both DATABASE_URL and itself: see docs/settings.md."
        )
    _reading_only = f"{_POSTGRESQL_OPTIONS['options']} -c default_transaction_read_only=on"
    _replica.setdefault("OPTIONS", {}).update(_POSTGRESQL_OPTIONS | {"options": _reading_only})
    DATABASES["replica"] = _database | _replica | {"TEST": {"MIRROR": "default"}}
# How long a request that may be sent twice waits for a database that is away: hubportal/outage.py.
OUTAGE_WAIT_SECONDS = 10
# Where `manage.py backup` writes, for whom it encrypts (an age recipient or a gpg key), how long it keeps.
BACKUP_DIR = env.str("BACKUP_DIR", default=str(VAR_DIR / "backups"))
BACKUP_RECIPIENT = env.str("BACKUP_RECIPIENT", default="")
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", default=35)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.StaffBackend"]
# Read with the person at each request, so that asking whether anything is new needs no more than that.
STAFF_LOADED_WITH = ["home_hub__waiting_room"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.guessable.NotOfThePlace"},
    {"NAME": "accounts.breached.NeverBreached"},
]
# Passwords that became known elsewhere, as a file: accounts/breached.py.
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")
if BREACHED_PASSWORDS and not Path(BREACHED_PASSWORDS).is_file():
    raise ImproperlyConfigured(f"BREACHED_PASSWORDS names no file: {BREACHED_PASSWORDS}.")
LOGIN_URL = "staff-sign-in"
LOGIN_REDIRECT_URL = "staff-home"
LOGOUT_REDIRECT_URL = "staff-sign-in"
# By address alone one clerk's forgotten password would lock out a whole desk, which shares an address.
AXES_CLIENT_IP_CALLABLE = "hubportal.callers.address_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.sign_in.locked_out"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

STAFF_SESSION_HOURS = 12
STAFF_IDLE_MINUTES = 30
STAFF_DORMANT_DAYS = env.int("STAFF_DORMANT_DAYS", default=35)
# A code from a phone after the password: demanded of whoever may do one of these, and open to everybody.
STAFF_SECOND_STEP_REQUIRED = env.bool("STAFF_SECOND_STEP_REQUIRED", default=PRODUCTION)
STAFF_SECOND_STEP_FOR = ["accounts.manage_staff", "accounts.edit_public_facts", "enquiries.see_every_hub"]
STAFF_SECOND_STEP_FOR_EVERYBODY = env.bool("STAFF_SECOND_STEP_FOR_EVERYBODY", default=False)
OTP_TOTP_ISSUER = "Residents’ Hubs"
# The first seals the secrets of phones in the database, all of them open: accounts/phone_secrets.py.
SECOND_STEP_KEYS = env.list("SECOND_STEP_KEYS", default=[]) or [SECRET_KEY, *SECRET_KEY_FALLBACKS]
if PRODUCTION and min(map(len, SECOND_STEP_KEYS)) < LETTERS_OF_A_KEY:
    raise ImproperlyConfigured(
        f"Each of SECOND_STEP_KEYS, or SECRET_KEY without them, needs at least {LETTERS_OF_A_KEY} random "
        "characters: see docs/settings.md."
    )
# Single sign-on by the council's directory, such as Entra ID: docs/settings.md.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_ID_CLAIM = env.str("OIDC_ID_CLAIM", default="sub")
OIDC_ROLES_CLAIM = env.str("OIDC_ROLES_CLAIM", default="roles")
OIDC_ROLES = env.dict("OIDC_ROLES", default={})
# How strongly the directory must have checked somebody: one of these values in this claim.
OIDC_STRENGTH = env.list("OIDC_STRENGTH", default=[])
OIDC_STRENGTH_CLAIM = env.str("OIDC_STRENGTH_CLAIM", default="amr")
OIDC_ACR_VALUES = env.str("OIDC_ACR_VALUES", default="")
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured(
        "OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET beside it: see docs/settings.md."
    )
if PRODUCTION and OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("OIDC_ISSUER must begin with https://: see docs/settings.md.")
WAIT_TARGET_MINUTES = env.int("WAIT_TARGET_MINUTES", default=10)

# By when an online question is answered, and how much may come from the internet: enquiries/limits.py.
ONLINE_WORKING_DAYS = env.int("ONLINE_WORKING_DAYS", default=10)
# A library's computers, or a hub's, share one address: 40 is more than a room of them sends in an hour.
ONLINE_PER_ADDRESS_AN_HOUR = env.int("ONLINE_PER_ADDRESS_AN_HOUR", default=40)
ONLINE_OVERALL_AN_HOUR = env.int("ONLINE_OVERALL_AN_HOUR", default=200)
TRACK_PER_ADDRESS_A_MINUTE = env.int("TRACK_PER_ADDRESS_A_MINUTE", default=10)
TRACK_OVERALL_A_MINUTE = env.int("TRACK_OVERALL_A_MINUTE", default=300)

# Appointments: how long a desk is held, and how much of it one internet address may hold.
HOLD_MINUTES = env.int("HOLD_MINUTES", default=10)
HOLDS_PER_ADDRESS_AT_ONCE = env.int("HOLDS_PER_ADDRESS_AT_ONCE", default=6)
HOLDS_PER_ADDRESS_AN_HOUR = env.int("HOLDS_PER_ADDRESS_AN_HOUR", default=20)
WISHES_PER_ADDRESS_AN_HOUR = env.int("WISHES_PER_ADDRESS_AN_HOUR", default=5)
OFFER_HOURS = env.int("OFFER_HOURS", default=4)
REMINDER_HOURS = env.int("REMINDER_HOURS", default=24)

BEHIND_TLS_PROXY = PRODUCTION and env.bool("BEHIND_TLS_PROXY", default=False)
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "hubportal.errors.csrf_failure"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bn", "বাংলা")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "hubportal.formats"
TIME_ZONE = "Europe/London"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
# No page of another site has a use for our files, and Cross-Origin-Resource-Policy keeps them from it.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Messages to residents and to the leads of services; without a mail server or Notify they go to the console.
globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="residents-hubs@localhost")
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", default="")
NOTIFY_EMAIL_TEMPLATE_ID = env.str("NOTIFY_EMAIL_TEMPLATE_ID", default="")
NOTIFY_TEXT_TEMPLATE_ID = env.str("NOTIFY_TEXT_TEMPLATE_ID", default="")
if NOTIFY_API_KEY and not (NOTIFY_EMAIL_TEMPLATE_ID and NOTIFY_TEXT_TEMPLATE_ID):
    raise ImproperlyConfigured(
        "NOTIFY_API_KEY needs NOTIFY_EMAIL_TEMPLATE_ID and NOTIFY_TEXT_TEMPLATE_ID beside it: see "
        "docs/settings.md."
    )
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# A hub's form in the console has 170 fields, and five more for each lunch break.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Programs that ask for these without TLS are told so: hubportal.middleware.NoProgramInTheClear.
PROGRAMS_ASK_FOR = r"^(openreferral(/|$)|open-data/|hubs\.geojson$)"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    # Asked by what watches the portal on this machine, not through the proxy that speaks TLS.
    SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$", PROGRAMS_ASK_FOR]
    SECURE_HSTS_SECONDS = 63_072_000
    # The council decides these two for its whole domain; off until it says so.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
    if BEHIND_TLS_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-hub", "__Host-csrf"

# JSON for machines, a line for people; all requests or only those that failed or were slow.
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "line")
LOG_REQUESTS = env.bool("LOG_REQUESTS", default=False)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_DIR = env.str("METRICS_DIR", default="")
if METRICS_TOKEN and METRICS_DIR:
    # Read by the library when it is imported: figures of all workers, in files that they share.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_DIR
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_query": {"()": "hubportal.logs.WithoutPersonalData"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "hubportal.logs.json_formatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["no_query"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "hubportal.requests": {"level": "INFO"},
        "accounts.security": {"level": "INFO"},
        # Told to say more, these two would write down what a template or a query holds: somebody's postcode.
        "django.template": {"level": "WARNING"},
        "django.db.backends": {"level": "WARNING"},
    },
}
