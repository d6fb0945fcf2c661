"""The second factor: an app's code or a passkey; asked for where an administrator requires it."""

import base64
import ipaddress
from collections.abc import Callable
from typing import Any, Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from spotcoffee.storage.models import StaffAccount
from spotcoffee.web.surroundings import keys

# What can be reached before the second factor is set up: signing in and out, and setting it up.
_OPEN: Final = ("/account/", "/static/", "/api/", "/metrics", "/portal/", "/t/")


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps are encrypted with the key ring, as ticket codes are."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return base64.b64encode(keys().seal(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return keys().unseal(base64.b64decode(encrypted_text))


class SecondFactor:
    """Middleware: an account that needs a second factor and has none can only set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if not request.path.startswith(_OPEN) and _lacks(request.user):
            return redirect("mfa_index")
        return self._get_response(request)


def _lacks(account: Any) -> bool:
    return isinstance(account, StaffAccount) and account.needs_second_factor and not is_mfa_enabled(account)


def passkeys_work(request: HttpRequest) -> bool:
    """Whether browsers allow passkeys here: on a host name, never on an address (WebAuthn, section 5.1.3)."""
    try:
        host = request.get_host().rpartition(":")[0] or request.get_host()
        ipaddress.ip_address(host.strip("[]"))
    except DisallowedHost:
        return False
    except ValueError:
        return True
    return False
