"""`/portal/opennds/<access point>/`: the one address that openNDS is given, for its guests' browsers and for itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from spotcoffee.protocols.portals.visits import VisitError
from spotcoffee.services import opennds
from spotcoffee.services.errors import NotFound
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages

_FIELDS = ("auth_get", "gatewayhash", "payload", "proof")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def fas(request: HttpRequest, number: int) -> HttpResponse:
    """A guest's browser goes on to the portal of his access point; openNDS itself posts, and gets its answer."""
    if request.method != "POST":
        query = request.META.get("QUERY_STRING", "")
        return pages.redirect(f"/portal/{number}/{'?' + query if query else ''}")
    fields = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        keys, interval = surroundings.keys(), surroundings.interim_interval()
        answer = opennds.answer(number, fields, keys=keys, interim_interval=interval, now=surroundings.now())
    except NotFound:
        return pages.guarded(HttpResponse(status=404))
    except VisitError:
        return pages.guarded(HttpResponse(status=400))
    return pages.guarded(HttpResponse(answer, content_type="text/plain; charset=utf-8"))


urlpatterns = [path("portal/opennds/<int:number>/", fas)]
