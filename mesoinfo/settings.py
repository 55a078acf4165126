"""One settings file, fed by the environment. `.env.example` lists every variable.

Without `MESOINFO_DEVELOPMENT=1` these are production settings: secrets must be given, cookies are
secure, and nothing of the sample content or the sample accounts can be loaded.
"""

import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def flag(name: str, default: bool = False) -> bool:
    """True or False from the environment; anything else stops the site with a sentence."""
    value = env.str(name, default="").strip().lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return default if value == "" else value in ("1", "true", "yes", "on")
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")


DEVELOPMENT = flag("MESOINFO_DEVELOPMENT")
DEBUG = flag("DEBUG")
if DEBUG and not DEVELOPMENT:
    raise ImproperlyConfigured("DEBUG=1 shows secrets to visitors. Use it only with MESOINFO_DEVELOPMENT=1.")

VAR_DIR = Path(env.str("MESOINFO_VAR", default=str(BASE_DIR / "var")))
KEY_DIR = VAR_DIR / "keys"
# The site process needs the public key only; the desk and its worker need both.
DESK_PUBLIC_KEY = Path(env.str("DESK_PUBLIC_KEY", default=str(KEY_DIR / "desk.public")))
DESK_PRIVATE_KEY = Path(env.str("DESK_PRIVATE_KEY", default=str(KEY_DIR / "desk.private")))

# Where the public site keeps what people send while the database is away, sealed. On a disk of its own machine.
SPOOL_DIR = Path(env.str("INTAKE_SPOOL", default=str(VAR_DIR / "spool")))

# What pages say while the database is away, for processes that are started meanwhile. None: not kept in a file.
LAST_KNOWN_DIR: Path | None = VAR_DIR / "last-known"

# Where nobody who has the database can write: hashes of what its ledgers held, and a list of what people erased.
checkpoint_dir = env.str("AUDIT_CHECKPOINT_DIR", default=str(VAR_DIR / "audit") if DEVELOPMENT else "")
AUDIT_CHECKPOINT_DIR = Path(checkpoint_dir) if checkpoint_dir else None

TIER = env.str("MESOINFO_TIER", default="all" if DEVELOPMENT else "")
if TIER not in ("site", "desk", "all") or (TIER == "all" and not DEVELOPMENT):
    raise ImproperlyConfigured(
        f"MESOINFO_TIER is {TIER!r}. Set it to site (the public pages) or desk (the admin); "
        "all, which serves both from one process, is for development. "
        "Set MESOINFO_DEVELOPMENT=1 to try the software on your own machine."
    )

SECRET_KEY = env.str("SECRET_KEY", default="development only: signs nothing outside this machine" * DEVELOPMENT)
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Give this process a long random value of its own "
        "(python3 -c 'import secrets; print(secrets.token_urlsafe(50))'), "
        "or set MESOINFO_DEVELOPMENT=1 to try the software on your own machine."
    )
PORT = env.int("PORT", default=8000)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [])
# Under which readers know the site, whatever name or port was asked for. The desk, on its own name, links to it.
PUBLIC_ORIGIN = env.str("PUBLIC_ORIGIN", default="")
if not DEVELOPMENT and not re.fullmatch(r"https://[^/\s]+", PUBLIC_ORIGIN):
    raise ImproperlyConfigured(
        f"PUBLIC_ORIGIN is {PUBLIC_ORIGIN!r}. Give the address readers know the site by, without a path, "
        "such as https://www.example.org."
    )
# Where to tell of a hole in the site; without one there is no security.txt.
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=[])
if not all(contact.startswith(("https://", "mailto:", "tel:")) for contact in SECURITY_CONTACT):
    raise ImproperlyConfigured(
        "SECURITY_CONTACT is not an address that RFC 9116 allows. Give one that starts with mailto:, https:// or tel:, "
        "such as mailto:security@example.org."
    )
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# Where Crossref and PubMed may write to when we ask too much of them.
REGISTERS_CONTACT = env.str("REGISTERS_CONTACT", default="")
CROSSREF_URL = env.str("CROSSREF_URL", default="https://api.crossref.org")
PUBMED_URL = env.str("PUBMED_URL", default="https://eutils.ncbi.nlm.nih.gov")

INSTALLED_APPS = [
    "mesoinfo.apps.MesoinfoConfig",
    "articles.apps.ArticlesConfig",
    "citations.apps.CitationsConfig",
    "caseintake.apps.CaseintakeConfig",
    "mesoinfo.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "markdownx",
    "pgtrigger",
    "pghistory",
    "django_q",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "mesoinfo.middleware.TrustedProxies",
    # Before all that may answer by itself, so that static files and redirects to https carry the headers too.
    "csp.middleware.CSPMiddleware",
    "mesoinfo.middleware.PageHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mesoinfo.middleware.Compression",
    "mesoinfo.middleware.ConditionalGet",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Inside CommonMiddleware, which would first lead on to the old address with its last slash.
    "articles.public.redirects.OldAddresses",
    "mesoinfo.middleware.DatabaseAway",
    # Before whoever is first to read a form: it looks for the token.
    "mesoinfo.middleware.ReadableForms",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mesoinfo.urls"
WSGI_APPLICATION = "mesoinfo.wsgi.application"
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
                "mesoinfo.context.site",
                "articles.public.navigation.navigation",
            ],
        },
    },
]

if database_url := env.str("DATABASE_URL", default=""):
    try:
        if not database_url.startswith(("postgres://", "postgresql://")):
            raise ValueError("another kind of address")
        DATABASES = {"default": env.db("DATABASE_URL")}
    except ValueError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not the address of a PostgreSQL database, which looks like "
            "postgres://user:password@host:5432/name, with %2F for / in a password."
        ) from error
elif DEVELOPMENT:
    from mesoinfo import dev_postgres

    DATABASES = {"default": dev_postgres.database_settings()}
else:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Give the address of a PostgreSQL database, such as "
        "postgres://user:password@host:5432/mesoinfo?sslmode=verify-full."
    )
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
# A server that has gone without a word is known to be away after seconds, not after the minutes that TCP takes.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,
    **DATABASES["default"].get("OPTIONS", {}),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "mesoinfo.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# By account and address together: else anyone could lock an advocate out by typing her email wrongly.
PGHISTORY_APPEND_ONLY = True  # what a record said before is only ever added to
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# The name of the field in the sign-in form, whatever the user model calls it.
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "mesoinfo.models.sign_in_name"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True

# Cookies belong to the desk; public pages have none.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
# The other storage sets a cookie of its own, which public pages would receive.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "articles.admin.access.page_too_old"
SESSION_ENGINE = "mesoinfo.sessions"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEVELOPMENT
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# Believed only after mesoinfo.middleware.TrustedProxies has removed it from everyone else's requests.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

# A body over this is refused before it is read; a request for help is far smaller (64 KiB).
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
# With a language, the formats of that language are used; these say what differs.
FORMAT_MODULE_PATH = "mesoinfo.formats"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mesoinfo.static_files.StaticFiles"},
}
WHITENOISE_MAX_AGE = 60
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our files are for our pages

# The stock views are never installed; these are the addresses of our own (articles.admin.markdown).
MARKDOWNX_URLS_PATH = "/admin/markdown/preview/"
MARKDOWNX_UPLOAD_URLS_PATH = "/admin/markdown/upload/"
MARKDOWNX_MARKDOWNIFY_FUNCTION = "articles.admin.preview.preview_html"

if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
elif DEVELOPMENT:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# Seconds to wait for an answer of the mail server. Well below the time a task may take: one that hangs ends no sweep.
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="mesoinfo <desk@localhost>")

Q_CLUSTER = {
    "name": "mesoinfo",
    "orm": "default",
    # So that mail to staff does not wait until a long file is read.
    "workers": 2,
    "timeout": 60,
    "retry": 120,
    "max_attempts": 5,
    "catch_up": False,
    "poll": 1,
    "save_limit": 500,
    # The fetch worker (`qcluster --name fetch`) waits for other sites, and is busy with one at a time.
    "ALT_CLUSTERS": {"fetch": {"workers": 1, "timeout": 120, "retry": 180}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "mesoinfo.logs.Discreet",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django-q": {"level": "WARNING"},
        "axes": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
