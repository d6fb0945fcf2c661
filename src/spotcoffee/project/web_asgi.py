"""Staff pages, API and portal, for the web server."""

from typing import Final

from django.urls import get_resolver

from spotcoffee.project.bridge import Bridge, Limits
from spotcoffee.project.impatience import Impatient
from spotcoffee.project.parent import end_with_parent
from spotcoffee.project.wsgi import application as pages

# most_body: the largest form brings a logo.
LIMITS: Final = Limits(threads=16, most_body=4_000_000, body_within=30.0, downloads=8)

# A killed web server would leave its workers on the port.
end_with_parent()
# All pages are imported before anybody asks: the first guest does not wait for it.
_ = get_resolver().url_patterns

application = Impatient(Bridge(pages, LIMITS))
