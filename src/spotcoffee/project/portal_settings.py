"""Django's configuration of the guest's portal alone: no sessions, no accounts, no staff page, no API."""

from spotcoffee.project import settings as everything
from spotcoffee.project.settings import *  # noqa: F403 - all but what follows

ROOT_URLCONF = "spotcoffee.project.portal_urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "spotcoffee.storage.apps.StorageConfig"]
MIDDLEWARE = ["spotcoffee.web.portal.probes.Intercepted"]
# Plain HTTP is what it is for: https in a header would be believed from anyone.
SECURE_PROXY_SSL_HEADER = None
TEMPLATES = [
    {
        **everything.TEMPLATES[0],
        "OPTIONS": {
            "loaders": everything.TEMPLATES[0]["OPTIONS"]["loaders"],  # type: ignore[index]
        },
    }
]
