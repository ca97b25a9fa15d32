"""One settings file for demo, development and production: what differs comes from CITYDESK_* environment variables."""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

from citydesk.kernel.logs import logging_settings
from config.settings.database import LONG_STATEMENT, database_from_url
from config.settings.sign_in import *  # noqa: F403
from config.settings.sign_in import OIDC_ORIGIN

BASE_DIR = Path(__file__).resolve().parents[3]
SOURCE_DIR = BASE_DIR / "src"
VAR_DIR = Path(os.environ.get("CITYDESK_VAR", BASE_DIR / "var"))
PROFILES_DIR = Path(os.environ.get("CITYDESK_PROFILES", BASE_DIR / "profiles"))

PRODUCTION = os.environ.get("CITYDESK_ENV", "development") == "production"
DEBUG = False
SECRET_KEY = os.environ.get("CITYDESK_SECRET_KEY", "" if PRODUCTION else "development-only-" + "x" * 50)
if PRODUCTION and len(SECRET_KEY) < 50:
    raise SystemExit("CITYDESK_SECRET_KEY must be set to at least 50 random characters in production.")
# A practice city (`citydesk serve --practice`): a banner, numbers of their own, and nothing leaves. What was signed for
# one city is worth nothing in the other.
PRACTICE = os.environ.get("CITYDESK_PRACTICE", "") == "1"
# Where the practice city is, for a link from the desk of the city itself.
PRACTICE_URL = os.environ.get("CITYDESK_PRACTICE_URL", "").rstrip("/")
if PRACTICE:
    os.environ.pop("CITYDESK_OLD_SECRET_KEYS", None)
    SECRET_KEY = hashlib.sha256(f"practice:{SECRET_KEY}".encode()).hexdigest()
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("CITYDESK_OLD_SECRET_KEYS", "").split(",") if key]
ALLOWED_HOSTS = os.environ.get("CITYDESK_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
SITE_URL = os.environ.get("CITYDESK_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# Where pages open their stream of live news: behind a proxy a path of the site, else the port after the web server's.
_site = urlsplit(SITE_URL)
EVENTS_URL = os.environ.get(
    "CITYDESK_EVENTS_URL", f"http://{_site.hostname}:{_site.port + 1}" if _site.port else f"{SITE_URL}/events"
).rstrip("/")
# How many proxies stand in front of us; the client's address is read from that depth only.
TRUSTED_PROXIES = int(os.environ.get("CITYDESK_PROXIES", "0"))

ROOMS = [
    "citydesk.city.profile",
    "citydesk.city.staff",
    "citydesk.city.places",
    "citydesk.city.customers",
    "citydesk.city.correspondence",
    "citydesk.city.knowledge",
    "citydesk.contact.interactions",
    "citydesk.contact.traffic",
    "citydesk.contact.work_orders",
    "citydesk.contact.service_requests",
    "citydesk.contact.complaints",
    "citydesk.contact.problems",
    "citydesk.contact.referrals",
    "citydesk.management.statistics",
    "citydesk.management.records",
    "citydesk.management.timekeeping",
    "citydesk.management.workforce",
    "citydesk.management.quality",
    "citydesk.desk",
    "citydesk.portal",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    "citydesk.kernel",
    *ROOMS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "citydesk.city.staff.apps.AdaptersConfig",
]
MIDDLEWARE = [
    "citydesk.kernel.middleware.alive",
    "citydesk.kernel.middleware.request_id",
    "citydesk.kernel.middleware.observed",
    "citydesk.kernel.middleware.guarded_headers",
    "citydesk.contact.service_requests.middleware.open311_answers",
    "citydesk.kernel.middleware.known_methods",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "citydesk.city.profile.middleware.city_zone",
    "citydesk.city.staff.middleware.access",
    "citydesk.kernel.middleware.declared_access",
    "citydesk.kernel.middleware.errors_as_answers",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "citydesk.kernel.templating.environment"},
    },
    {
        # For allauth only: its own templates, with our layouts and elements over them.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE_DIR / "citydesk/city/staff/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "citydesk.city.staff.adapters.layout.house",
            ]
        },
    },
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", ""), VAR_DIR)}
ATOMIC_REQUESTS = False
# Of a page that says it is long (`kernel.limits`); only the web process's connections are opened with an end at all.
LONG_STATEMENT_MS = LONG_STATEMENT if os.environ.get("CITYDESK_ROLE") == "web" else 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [SOURCE_DIR / "citydesk/kernel/locale"]
USE_I18N = True
USE_TZ = True
# Stored in UTC; the city's zone (profile) is activated in every request and job.
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": os.environ.get("CITYDESK_FILE_STORAGE", "django.core.files.storage.FileSystemStorage"),
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "files"
WHITENOISE_MANIFEST_STRICT = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 5
UPLOAD_MAX_BYTES = 15 * 1024 * 1024
# clamd as "host:port" or a socket's path; files wait for its verdict. Empty: files are marked as not scanned.
CLAMD_ADDRESS = os.environ.get("CITYDESK_CLAMD", "")

SECURE = SITE_URL.startswith("https://")
_COOKIES = ("__Host-" if SECURE else "") + ("practice-" if PRACTICE else "")
SESSION_COOKIE_NAME = f"{_COOKIES}session"
CSRF_COOKIE_NAME = f"{_COOKIES}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "citydesk.kernel.error_pages.forged"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "citydesk.city.staff.adapters.sessions"
SECURE_HSTS_SECONDS = 365 * 86400 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = False  # the reverse proxy redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *[url for url in [os.environ.get("CITYDESK_TILE_ORIGIN")] if url]],
        "font-src": ["'self'"],
        "connect-src": ["'self'", EVENTS_URL],
        "form-action": ["'self'", *[origin for origin in [OIDC_ORIGIN] if origin]],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}
TILE_URL = os.environ.get("CITYDESK_TILE_URL", "")

# Mail goes through a door that a practice city keeps shut; this is what lies behind it.
EMAIL_THROUGH = os.environ.get("CITYDESK_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
if EMAIL_THROUGH == "django.core.mail.backends.smtp.EmailBackend":
    # Django's own knows no bound in all, and asks a server that hangs again and again.
    EMAIL_THROUGH = "citydesk.kernel.smtp.Backend"
EMAIL_BACKEND = "citydesk.kernel.practice.MailBackend"
EMAIL_HOST = os.environ.get("CITYDESK_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("CITYDESK_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("CITYDESK_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CITYDESK_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("CITYDESK_SMTP_TLS", "") == "starttls"
EMAIL_USE_SSL = os.environ.get("CITYDESK_SMTP_TLS", "") == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("CITYDESK_MAIL_FROM", "Citydesk <desk@localhost>")
# Dotted path of the SMS adapter; the default writes to the log of the worker and sends nothing.
SMS_ADAPTER = os.environ.get("CITYDESK_SMS_ADAPTER", "citydesk.city.correspondence.providers.LogAdapter")

# Only the worker imports the rooms' tasks: the web process defers by name and never loads a solver.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = (
    "tasks" if os.environ.get("CITYDESK_ROLE") == "worker" else "tasks_of_worker_only"
)

# The web processes write their figures here; read by prometheus_client when it is imported.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(VAR_DIR / "metrics"))
METRICS_TOKEN = os.environ.get("CITYDESK_METRICS_TOKEN", "" if PRODUCTION else "development")
# Programs in the city's own network that calls may reach: "host:port", comma-separated; others must be public, https.
OUTWARD_TRUSTED = frozenset(one for one in os.environ.get("CITYDESK_OUTWARD_TRUSTED", "").lower().split(",") if one)
# Fault points for drills: never set outside `make drill` and its tests.
FAULT = "" if PRODUCTION else os.environ.get("CITYDESK_FAULT", "")
LOGGING = logging_settings(os.environ.get("CITYDESK_LOG_LEVEL", "INFO"))
