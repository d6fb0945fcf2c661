"""The addresses of the guest's portal alone."""

from spotcoffee.web.portal.urls import urlpatterns

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]

handler400 = "spotcoffee.web.portal.refusals.bad_request"
handler404 = "spotcoffee.web.portal.refusals.not_found"
handler500 = "spotcoffee.web.portal.refusals.our_fault"
