"""The addresses of the pages and the API."""

from django.urls import URLPattern, URLResolver, path

from spotcoffee.web.api import application
from spotcoffee.web.api.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics", metrics),
    *application.urlpatterns,
]
