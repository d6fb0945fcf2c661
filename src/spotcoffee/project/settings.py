"""Django's configuration, made from the table of settings."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from spotcoffee.project.environment import Settings, load_settings
from spotcoffee.project.hosts import allowed_hosts, host_of
from spotcoffee.project.secret_key import LazySecretKey

SPOTCOFFEE: Final[Settings] = load_settings(None, os.environ)

BASE: Final = Path(__file__).resolve().parent.parent

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "ninja",
    "spotcoffee.storage.apps.StorageConfig",
]
MIDDLEWARE = [
    "spotcoffee.web.api.problems.Problems",
    "django.middleware.security.SecurityMiddleware",
    "spotcoffee.web.headers.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "spotcoffee.web.manage.languages.Languages",
    "spotcoffee.web.manage.second_factor.SecondFactor",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "spotcoffee.web.manage.navigation.surroundings",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "libraries": {"spotcoffee": "spotcoffee.web.manage.tags"},
        },
    }
]
ROOT_URLCONF = "spotcoffee.project.urls"
AUTH_USER_MODEL = "hotspot.StaffAccount"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Accounts are made by an administrator; nobody signs up. Failures are counted by axes, per account and address.
ACCOUNT_ADAPTER = "spotcoffee.web.manage.accounts.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_USER_DISPLAY = str
MFA_ADAPTER = "spotcoffee.web.manage.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SpotCoffee"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "spotcoffee.web.manage.accounts.who_tries"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "spotcoffee.web.manage.accounts.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]

_IS_HTTPS = SPOTCOFFEE.web_tls == "on"
# Behind a proxy that encrypts, the browser is on https all the same.
SECURE_PROXY_SSL_HEADER = None if _IS_HTTPS else ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_NAME = "spotcoffee"
SESSION_COOKIE_AGE = 12 * 3_600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "spotcoffee.web.manage.failures.form_too_old"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "spotcoffee.web.static_files.NamedByContent"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY: Any = LazySecretKey(SPOTCOFFEE.data / "secret_key")
ALLOWED_HOSTS = allowed_hosts([*SPOTCOFFEE.hosts, *host_of(SPOTCOFFEE.portal_address)])

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = SPOTCOFFEE.language
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [str(BASE / floor / "locale") for floor in ("wording", "web/manage", "web/portal")]
USE_I18N = True
# structlog writes the logs (project.logging); Django's own go the same way.
LOGGING_CONFIG = None


# Seconds that a thread of the web server keeps its connection: a rush of guests must not open the database for each.
_KEPT: Final = 60


def _database(settings: Settings) -> dict[str, Any]:
    path = settings.database_path
    if path is not None:
        return {
            "ENGINE": "spotcoffee.storage.sqlite",
            "NAME": str(path),
            "CONN_MAX_AGE": _KEPT,
            "OPTIONS": {
                # A transaction that will write takes the lock at once: none fails half way for lack of it.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: an answered report survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
            },
            "TEST": {"NAME": str(settings.data / "test.sqlite3")},
        }
    url = urlsplit(settings.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": _KEPT,
        # Seconds. A database that is away must not hold up whoever asks how we are.
        "OPTIONS": {"connect_timeout": "5", **dict(parse_qsl(url.query))},
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(SPOTCOFFEE)}
