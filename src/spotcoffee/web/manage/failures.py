"""Pages for what fails before a view has its say."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _failure(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _failure(request, 403)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came from an old page, or from another site."""
    return _failure(request, 403, form_too_old=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _failure(request, 404)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500. Needs neither the session nor the database."""
    return render(None, "failure.html", {"status": 500, "path": request.path}, status=500)


def _failure(request: HttpRequest, status: int, **more: object) -> HttpResponse:
    return render(request, "failure.html", {"status": status, **more}, status=status)
