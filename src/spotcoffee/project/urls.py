"""The addresses of the pages and the API."""

from django.urls import URLPattern, URLResolver, path

from spotcoffee.web.api import application
from spotcoffee.web.api.metrics import metrics
from spotcoffee.web.manage import urls as manage
from spotcoffee.web.portal import urls as portal

urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics", metrics),
    *application.urlpatterns,
    *portal.urlpatterns,
    *manage.urlpatterns,
]

handler400 = "spotcoffee.web.manage.failures.bad_request"
handler403 = "spotcoffee.web.manage.failures.forbidden"
handler404 = "spotcoffee.web.manage.failures.not_found"
handler500 = "spotcoffee.web.manage.failures.our_fault"
