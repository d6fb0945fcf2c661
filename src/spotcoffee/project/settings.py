"""Django's configuration, made from the table of settings."""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from spotcoffee.project.environment import Settings, load_settings
from spotcoffee.project.hosts import allowed_hosts
from spotcoffee.project.secret_key import LazySecretKey

SPOTCOFFEE: Final[Settings] = load_settings(None, os.environ)

BASE: Final = Path(__file__).resolve().parent.parent

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "ninja",
    "spotcoffee.storage.apps.StorageConfig",
]
MIDDLEWARE = [
    "spotcoffee.web.api.problems.Problems",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY: Any = LazySecretKey(SPOTCOFFEE.data / "secret_key")
ALLOWED_HOSTS = allowed_hosts(SPOTCOFFEE.hosts)

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = SPOTCOFFEE.language
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [str(BASE / "wording" / "locale")]
USE_I18N = True
# structlog writes the logs (project.logging); Django's own go the same way.
LOGGING_CONFIG = None


def _database(settings: Settings) -> dict[str, Any]:
    path = settings.database_path
    if path is not None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
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
        # Seconds. A database that is away must not hold up whoever asks how we are.
        "OPTIONS": {"connect_timeout": "5", **dict(parse_qsl(url.query))},
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(SPOTCOFFEE)}
