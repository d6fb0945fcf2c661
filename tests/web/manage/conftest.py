"""The cast, each before a browser. Django is not set up yet when this file is read, so that its imports come late."""

from typing import Any

import pytest


@pytest.fixture
def people(db: None) -> Any:
    """Alice and Bob at the Hôtel du Parc, Charlie elsewhere."""
    from tests.factories import cast  # noqa: PLC0415

    return cast()


@pytest.fixture
def signed_in() -> Any:
    """Signs an account in: answers its browser, without JavaScript."""
    from django.test import Client  # noqa: PLC0415

    def browser_of(account: Any) -> Client:
        # Without `secure`, cookies that are for https alone would be lost.
        client = Client(headers={"accept-language": "fr"}, HTTP_HOST="localhost")
        client.defaults["wsgi.url_scheme"] = "https"
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return browser_of


@pytest.fixture
def alice(people: Any, signed_in: Any) -> Any:
    """An administrator's browser."""
    return signed_in(people.alice)


@pytest.fixture
def bob(people: Any, signed_in: Any) -> Any:
    """A receptionist's browser."""
    return signed_in(people.bob)


@pytest.fixture
def charlie(people: Any, signed_in: Any) -> Any:
    """A stranger's browser."""
    return signed_in(people.charlie)
