"""The addresses of the portal: under /portal/ of the main web, and alone on SPOTCOFFEE_PORTAL_BIND."""

from django.urls import URLPattern, path, re_path

from spotcoffee.web.portal import capport, doors, entry, files, opennds, previews, stay, waiting

urlpatterns: list[URLPattern] = [
    path("portal/", doors.door, name="portal-door"),
    # Equipment whose form takes no slash at the end of an address sends none.
    re_path(r"^portal/(?P<number>[0-9]{1,15})/?$", entry.arrive, name="portal-place"),
    # Where UniFi's access points send a guest, whatever else its settings say.
    path("guest/s/<str:site>/", doors.unifi, name="portal-unifi"),
    path("portal/<int:number>/on/", stay.on, name="portal-on"),
    path("portal/s/<str:token>/", stay.stay, name="portal-stay"),
    path("portal/t/<str:code>/", doors.scanned, name="portal-scanned"),
    # What stands in the QR of a ticket: short, for a QR grows with its text.
    path("t/<str:code>", doors.scanned, name="portal-ticket"),
    path("portal/api/<int:number>", capport.captive, name="portal-api"),
    path("portal/preview/<str:token>/", previews.preview, name="portal-preview"),
    path("portal/preview/<str:token>/style.css", previews.style, name="portal-preview-style"),
    path("portal/style/<int:number>-<slug:digest>.css", files.style, name="portal-style"),
    path("portal/script-<slug:digest>.js", files.script, name="portal-script"),
    path("portal/logo/<int:number>-<slug:digest>.png", files.logo, name="portal-logo"),
    *opennds.urlpatterns,
    *waiting.urlpatterns,
]
