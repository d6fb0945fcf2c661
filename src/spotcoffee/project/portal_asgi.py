"""The guest's portal alone, for the web server: many slow phones, few threads."""

import logging
from typing import Final

from django.core.wsgi import get_wsgi_application

from spotcoffee.project.bridge import Bridge
from spotcoffee.project.parent import end_with_parent

THREADS: Final = 8
# Octets of a form; seconds until all of it must be there, on the worst of networks.
MOST_BODY: Final = 16_000
BODY_WITHIN: Final = 20.0

# A line for each request that is refused would let anyone fill the disk; what is our fault stays.
logging.getLogger("django.request").setLevel(logging.ERROR)
logging.getLogger("django.security").setLevel(logging.ERROR)
# A killed server would leave its workers on the port.
end_with_parent()

application = Bridge(get_wsgi_application(), threads=THREADS, most_body=MOST_BODY, body_within=BODY_WITHIN)
