"""The guest's portal alone, for the web server: many slow phones, few threads."""

import logging
from typing import Final

from django.core.wsgi import get_wsgi_application

from spotcoffee.project.bridge import Bridge, Limits
from spotcoffee.project.impatience import Impatient
from spotcoffee.project.parent import end_with_parent

# body_within: on the worst of networks.
LIMITS: Final = Limits(threads=16, most_body=16_000, body_within=20.0)

# A line for each request that is refused would let anyone fill the disk; what is our fault stays.
logging.getLogger("django.request").setLevel(logging.ERROR)
logging.getLogger("django.security").setLevel(logging.ERROR)
# A killed server would leave its workers on the port.
end_with_parent()

application = Impatient(Bridge(get_wsgi_application(), LIMITS))
