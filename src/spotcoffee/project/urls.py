"""The addresses of the pages and the API."""

from django.urls import URLPattern, path

from spotcoffee.web.api.health import health
from spotcoffee.web.api.metrics import metrics

urlpatterns: list[URLPattern] = [
    path("api/v1/health", health),
    path("metrics", metrics),
]
