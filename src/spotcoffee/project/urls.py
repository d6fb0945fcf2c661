"""The addresses of the pages and the API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
