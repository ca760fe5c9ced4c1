"""Django's settings: one file for every way to run. What may change is read from the environment.

Each `env.*` call declares a setting; `docs/configuration.md` is generated from them.
"""

import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from chatsite import databases, env, file_places, mail, providers, quiet, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

# --- The place ------------------------------------------------------------------------------------

env.section("The place and its address")

SITE_NAME = env.text("SITE_NAME", default="Parley", help="The name that the page shows.")
HOST = env.text("HOST", default="127.0.0.1", help="The address that `manage.py serve` listens on.")
PORT = env.integer("PORT", default=8000, low=0, high=65535, help="The port it listens on.")
PUBLIC_URL = env.url(
    "PUBLIC_URL",
    schemes=("http", "https"),
    default=f"http://localhost:{PORT}",
    shown="http://localhost:$PORT",
    help="The address that people type; when it begins with https, cookies are sent over TLS only.",
).rstrip("/")
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    default=("localhost", "127.0.0.1", "[::1]"),
    help="Host names that a request may ask for besides that of PUBLIC_URL; `*` for any.",
)
TRUSTED_PROXIES = env.words(
    "TRUSTED_PROXIES",
    default=("127.0.0.1", "::1"),
    help="Addresses or networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto count.",
)

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_public = urlsplit(PUBLIC_URL)
if not _public.hostname or _public.path or _public.query or _public.fragment or _public.username:
    env.stop("PUBLIC_URL", f"must be a scheme, a host and perhaps a port, not {PUBLIC_URL!r}.")
_public_host = f"[{_public.hostname}]" if ":" in _public.hostname else _public.hostname
_default_port = {"http": 80, "https": 443}[_public.scheme]
_public_hosts = list(dict.fromkeys([_public_host, *(_LOOPBACK if _public_host in _LOOPBACK else ())]))
_port_part = "" if _public.port in (None, _default_port) else f":{_public.port}"

HTTPS = _public.scheme == "https"
ORIGINS = [f"{_public.scheme}://{host}{_port_part}" for host in _public_hosts]
"""The page's own origins, as a browser writes them: for the CSRF and the WebSocket origin check."""

ALLOWED_HOSTS = list(dict.fromkeys([*ALLOWED_HOSTS, *_public_hosts]))

# --- Data and secrets -----------------------------------------------------------------------------

env.section("Data and secrets")

DATA_DIR = env.path(
    "DATA_DIR",
    default=BASE_DIR / "var",
    shown="var/",
    help="The folder of everything that is kept: SQLite's file, uploads, the made secret key.",
)
SECRET_KEY = env.text(
    "SECRET_KEY",
    shown="made once, kept in DATA_DIR/secret_key",
    help="Signs sessions and tokens; at least 32 characters, the same on every server.",
    file=True,
)
SECRET_KEY_FALLBACKS = env.words(
    "SECRET_KEY_FALLBACKS",
    help="Former secret keys whose signatures still count, while a key is being replaced.",
    file=True,
)
DATABASE_URL = env.url(
    "DATABASE_URL",
    schemes=(*databases.POSTGRESQL_SCHEMES, "sqlite"),
    shown="SQLite in DATA_DIR/parley.sqlite3",
    help="The database, as in `postgres://user:password@host:5432/name?sslmode=require`.",
    file=True,
)
DATABASE_POOL_SIZE = env.integer(
    "DATABASE_POOL_SIZE",
    default=10,
    low=2,
    high=500,
    help="PostgreSQL connections that one process holds at most.",
)
DATABASE_STATEMENT_TIMEOUT_MS = env.integer(
    "DATABASE_STATEMENT_TIMEOUT_MS",
    default=10_000,
    low=0,
    help="Milliseconds after which PostgreSQL ends a statement (migrations are exempt); 0 for never.",
)
REDIS_URL = env.url(
    "REDIS_URL",
    schemes=("redis", "rediss", "unix"),
    shown="none: one process, everything inside it",
    help="Redis, needed as soon as there is a second server or a worker of its own.",
    file=True,
)
REDIS_POOL_SIZE = env.integer(
    "REDIS_POOL_SIZE",
    default=50,
    low=5,
    high=10_000,
    help="Redis connections that one process holds at most, for each of its pools.",
)
FILES_URL = env.url(
    "FILES_URL",
    schemes=file_places.SCHEMES,
    shown="the folder DATA_DIR/uploads",
    help="The bucket that files are kept in, as in `s3://key:secret@host/bucket?region=eu-west-1`; `s3+http://` without TLS. "
    "With servers on several machines they need one, or a folder that they share.",
    file=True,
)
STATIC_ROOT = env.path(
    "STATIC_ROOT",
    default=DATA_DIR / "static",
    shown="DATA_DIR/static",
    help="Where `collectstatic` puts the page's files, and where the server finds them.",
)

EMBEDDED = not REDIS_URL
"""One process is all there is: channel layer, cache, task queue and buckets live inside it."""

if SECRET_KEY and len(SECRET_KEY) < 32:
    env.stop("SECRET_KEY", "must be at least 32 characters long.")
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # what people write is for no other user to read
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    SECRET_KEY = SECRET_KEY or secret_key.kept_secret_key(DATA_DIR / "secret_key")
except OSError as error:
    env.stop("DATA_DIR", f"cannot be written: {error}.")
except ValueError as error:
    env.stop("SECRET_KEY", f"is not set, and {error}.")
try:
    DATABASES = {
        "default": databases.from_url(
            DATABASE_URL or f"sqlite:///{DATA_DIR / 'parley.sqlite3'}",
            pool_size=DATABASE_POOL_SIZE,
            statement_timeout_ms=DATABASE_STATEMENT_TIMEOUT_MS,
        )
    }
except ValueError as error:
    env.stop("DATABASE_URL", f"{error}.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Running --------------------------------------------------------------------------------------

env.section("Running")

DEBUG = env.boolean(
    "DEBUG",
    default=False,
    help="Show errors with their source in the browser; for development only.",
)
LOG_LEVEL = env.choice(
    "LOG_LEVEL",
    ("DEBUG", "INFO", "WARNING", "ERROR"),
    default="INFO",
    help="The least severity that is logged.",
)
METRICS_TOKEN = env.text(
    "METRICS_TOKEN",
    shown="none: only administrators who are signed in",
    help="The bearer token with which `/metrics` may be read; at least 16 characters.",
    file=True,
)
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    env.stop("METRICS_TOKEN", "must be at least 16 characters long.")
RECEIPT_DAYS = env.integer(
    "RECEIPT_DAYS",
    default=30,
    low=1,
    help="Days for which the site keeps since when each person has a message.",
)
AUDIT_ADDRESS_DAYS = env.integer(
    "AUDIT_ADDRESS_DAYS",
    default=90,
    low=1,
    help="Days for which the site keeps from which address a privileged act came; the act itself is kept for ever.",
)
SESSION_COOKIE_AGE = 86_400 * env.integer(
    "SESSION_DAYS",
    default=30,
    low=1,
    high=400,
    help="Days after which a person must sign in again.",
)
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["chatsite.formats"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربيّة")]
"""What is spoken here, each by its own name: whoever looks for theirs cannot read the others."""
LOCALE_PATHS = [BASE_DIR / "chatsite/locale"]
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True

INSTALLED_APPS = [
    "daphne",  # first: it gives `runserver` an ASGI server
    "chatsite.office.apps.OfficeConfig",
    "chatsite",  # before Django's own: two of its commands are ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.github",
    "chatsite.accounts",
    "chatsite.audit",
    "rooms",
    "messaging",
    "messaging.notifications",
    "messaging.checks",
    "chatsite.leaving",
    "chatsite.figures",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chatsite.static_serving.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "chatsite.headers.answers_show_nothing",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # here, so that refused hosts hear it too
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chatsite.accounts.web.locality.at_home",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chatsite.audit.middleware.audit_door",
]

ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"

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
                "csp.context_processors.nonce",
            ],
        },
    },
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        # Inside the server every receipt would be two lines of the log.
        "celery": {"level": "WARNING" if EMBEDDED else LOG_LEVEL},
        "django.db.backends": {"level": "INFO"},  # at DEBUG it would log every statement with its values
    },
}

# --- People ---------------------------------------------------------------------------------------

env.section("People and mail")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["chatsite.accounts.backends.LoginBackend"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/rooms/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]

SIGN_UP = env.choice(
    "SIGN_UP",
    ("open", "invitation", "off"),
    default="invitation",
    help="Who may make an account: anybody, who was invited, or nobody (administrators make them).",
)
DELETED_MESSAGES = env.choice(
    "DELETED_MESSAGES",
    ("keep", "erase"),
    default="keep",
    help="What becomes of the messages of somebody who deletes their account: they stay, as a deleted user's, or are erased.",
)
EXPORT_HOURS = env.integer(
    "EXPORT_HOURS", default=72, low=1, help="Hours for which an export of an account or a room can be had."
)
EMAIL_VERIFICATION = env.choice(
    "EMAIL_VERIFICATION",
    ("mandatory", "optional"),
    default="optional",
    help="Whether who gave an email address must confirm it before coming in; wants a mail server.",
)
EMAIL_URL = env.url(
    "EMAIL_URL",
    schemes=mail.SCHEMES,
    shown="console://, mails are printed in the server's log",
    help="The mail server, as in `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS).",
    file=True,
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "EMAIL_FROM",
    default=f"parley@{_public.hostname}",
    shown="parley@ and the host of PUBLIC_URL",
    help="Whom mails come from.",
)
EMAIL_BACKEND = "chatsite.mail.TaskBackend"
try:
    globals().update(mail.from_url(EMAIL_URL))
except ValueError as error:
    env.stop("EMAIL_URL", f"{error}.")

ACCOUNT_ADAPTER = "chatsite.accounts.web.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "chatsite.accounts.web.forms.SignInForm",
    "signup": "chatsite.accounts.web.forms.SignUpForm",
    "reset_password_from_key": "chatsite.accounts.web.forms.NewPasswordForm",
    "change_password": "chatsite.accounts.web.forms.ChangePasswordForm",
    "set_password": "chatsite.accounts.web.forms.SetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email*" if EMAIL_VERIFICATION == "mandatory" else "email",
    "password1*",
]
ACCOUNT_EMAIL_VERIFICATION = EMAIL_VERIFICATION
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Wrong passwords are counted in chatsite/accounts/passwords.py; this one counts wrong codes.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "10/5m/key"}
MFA_ADAPTER = "chatsite.accounts.web.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "chatsite.accounts.web.forms.AddPasskeyForm",
    "authenticate": "chatsite.accounts.web.forms.CodeForm",
    "reauthenticate": "chatsite.accounts.web.forms.CodeAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # the code of the half minute before or after: clocks differ, and people type

# --- Notices -------------------------------------------------------------------------------------

env.section("Notices")

NOTIFY_DIRECT = env.choice(
    "NOTIFY_DIRECT",
    ("everything", "mentions", "nothing"),
    default="everything",
    help="What people are told of in direct rooms, by notices and mail, unless they say otherwise.",
)
NOTIFY_ROOMS = env.choice(
    "NOTIFY_ROOMS",
    ("everything", "mentions", "nothing"),
    default="mentions",
    help="What they are told of in other rooms.",
)
QUIET_HOURS = env.read(
    "QUIET_HOURS",
    quiet.read,
    kind="hours, as in 22:00-07:00",
    default="",
    shown="none",
    help="When nobody's devices are disturbed, by each person's own clock, unless they say otherwise.",
)
MISSED_MAIL_MINUTES = env.integer(
    "MISSED_MAIL_MINUTES",
    default=15,
    low=1,
    high=1440,
    help="Minutes after which a message that was not read is told by mail, to those who asked for it.",
)
MISSED_MAIL_PAUSE_MINUTES = env.integer(
    "MISSED_MAIL_PAUSE_MINUTES",
    default=60,
    low=1,
    high=10_080,
    help="Minutes that lie between two such mails to one person, at least.",
)
PUSH_TRUSTED_HOSTS = env.words(
    "PUSH_TRUSTED_HOSTS",
    help="Hosts of push services of your own, which may be in a private network and speak plain http; all others "
    "are asked by https at public addresses only.",
)

# --- Signing in with an account of elsewhere -------------------------------------------------------

env.section("Signing in with an account of elsewhere")

_google = providers.Given(
    env.text("GOOGLE_CLIENT_ID", help="Lets people sign in with Google, together with the secret."),
    env.text("GOOGLE_CLIENT_SECRET", help="Its secret.", file=True),
)
_github = providers.Given(
    env.text("GITHUB_CLIENT_ID", help="Lets people sign in with GitHub, together with the secret."),
    env.text("GITHUB_CLIENT_SECRET", help="Its secret.", file=True),
)
_openid = providers.Given(
    env.text(
        "OPENID_CLIENT_ID", help="Lets people sign in with any OpenID provider, together with the rest."
    ),
    env.text("OPENID_CLIENT_SECRET", help="Its secret.", file=True),
)
_github_url = env.url(
    "GITHUB_URL",
    schemes=("http", "https"),
    default="https://github.com",
    shown="https://github.com",
    help="The address of GitHub; another for GitHub Enterprise.",
)
_openid_url = env.url(
    "OPENID_URL",
    schemes=("http", "https"),
    help="The provider's issuer, as in `https://login.example.com/realms/staff`; its `/.well-known/` is below it.",
)
_openid_name = env.text("OPENID_NAME", default="OpenID", help="What the button calls the provider.")
for _name, _given in (("GOOGLE", _google), ("GITHUB", _github), ("OPENID", _openid)):
    if _given.is_half:
        env.stop(f"{_name}_CLIENT_ID", f"and {_name}_CLIENT_SECRET go together: set both or neither.")
for _name, _url in (("GITHUB_URL", _github_url), ("OPENID_URL", _openid_url)):
    if _url and not providers.is_private_way(_url):
        env.stop(_name, "must begin with https: secrets go there.")
if _openid.client_id and not _openid_url:
    env.stop("OPENID_URL", "is missing: it says who the provider is.")
TRUST_PROVIDER_EMAILS = env.boolean(
    "TRUST_PROVIDER_EMAILS",
    default=False,
    help="Whether an email address counts as confirmed because a provider says so. It then also lets in whoever has "
    "confirmed the same address here, but no administrator.",
)

SOCIALACCOUNT_ADAPTER = "chatsite.accounts.web.providers.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = providers.for_allauth(
    google=_google,
    github=_github,
    github_url=_github_url,
    openid=_openid,
    openid_url=_openid_url,
    openid_name=_openid_name,
)
SOCIALACCOUNT_FORMS = {"signup": "chatsite.accounts.web.forms.JoinForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # everybody chooses their username themselves
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_STORE_TOKENS = False

# --- Cookies, headers, content security policy ----------------------------------------------------

SESSION_ENGINE = "chatsite.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = ORIGINS

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 86_400 * env.integer(
    "HSTS_DAYS",
    default=365,
    low=0,
    high=3650,
    help="Days for which browsers refuse plain http after a visit over https.",
)
if HTTPS:
    # The server speaks no TLS itself, so a proxy in front of it does, and says so in this header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# W008: the proxy redirects http to https; from here it would loop behind a proxy that names no scheme.
# W005, W021: other hosts of the domain are not ours to bind.
SILENCED_SYSTEM_CHECKS = ["security.W008", "security.W005", "security.W021"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],  # the nonce is for the import map, which cannot be a file
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        # Browsers differ on whether 'self' covers the WebSocket scheme, so it is named too. An IPv6 address
        # can't be written in a policy.
        "connect-src": [SELF, *(origin.replace("http", "ws", 1) for origin in ORIGINS if "[" not in origin)],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Before `collectstatic` has run, and in development, files come from where they are written.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
# Looked up when asked for: to list them all takes a while, and each client of a test would.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Every page names files by their hash, and the import map does so for modules: to compress the others were half the work.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES: dict[str, dict[str, Any]] = {
    "staticfiles": {"BACKEND": "chatsite.static_files.HashedStorage"},
}
try:
    STORAGES["default"] = file_places.from_url(FILES_URL, folder=DATA_DIR / "uploads")
except ValueError as error:
    env.stop("FILES_URL", f"{error}.")

# --- Redis: channel layer and cache ---------------------------------------------------------------

# redis-py's own defaults change between versions, so everything that decides on a failure is named:
# an answer that takes 2 s is none, a closed connection is opened again once, and a host that is gone
# is noticed by its unacknowledged probes within 10 s. The pub/sub receiver names its own timeout.
REDIS_OPTIONS: dict[str, Any] = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 5,
}
if REDIS_URL and not REDIS_URL.startswith("unix:"):
    REDIS_OPTIONS["socket_keepalive_options"] = {
        socket.TCP_KEEPIDLE: 3,
        socket.TCP_KEEPINTVL: 2,
        socket.TCP_KEEPCNT: 2,
        socket.TCP_USER_TIMEOUT: 5000,
    }
if EMBEDDED:
    CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 100_000},
        }
    }
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }
else:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "prefix": "parley",
                "hosts": [
                    {
                        "address": REDIS_URL,
                        "max_connections": REDIS_POOL_SIZE,
                        "retry": AsyncRetry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
                        **REDIS_OPTIONS,
                    }
                ],
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "chatsite.patient_cache.PatientCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "parley",
            "OPTIONS": {
                "max_connections": REDIS_POOL_SIZE,
                "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
                **REDIS_OPTIONS,
                "socket_timeout": 0.5,  # a request asks it several times, and can do without
                "socket_connect_timeout": 0.5,
            },
        }
    }

# --- Tasks ----------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) or "memory://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"polling_interval": 0.1}  # the default of 1 s would delay receipts
    if EMBEDDED
    else {
        **REDIS_OPTIONS,
        "global_keyprefix": "parley:",
        # A task whose worker was killed comes back after this; longer than any task may take.
        "visibility_timeout": 120,
    }
)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = CELERY_BEAT_ENABLE_REMOTE_CONTROL = not EMBEDDED
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Worker and beat ask again after 2 s, 4, 6 and so on to 30 s, however long the broker is away: by default they end within an hour.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A request never waits long for the broker: a lost task is made up for by its periodic sweep.
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_TASK_DEFAULT_QUEUE = "parley"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
# The schedule's clock lives in memory: every periodic task is a sweep that may run once too often.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# --- The HTTP API ---------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "chatsite.accounts.api.authentication.TokenAuthentication",
        "chatsite.accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["chatsite.accounts.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "chatsite.api.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley",
    "DESCRIPTION": "Rooms, members and messages over HTTP.",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "rooms.models.Role",
        "RoomKindEnum": "rooms.models.RoomKind",
        "ChosenKindEnum": "rooms.api.shapes.CHOSEN_KINDS",
        "NotifyEnum": "rooms.levels.Level",
        "UserKindEnum": "chatsite.accounts.models.UserKind",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "chatsite.rest.schema.complete",
    ],
}
