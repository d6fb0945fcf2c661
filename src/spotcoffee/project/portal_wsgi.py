"""The guest's portal alone as a WSGI application."""

from django.core.wsgi import get_wsgi_application

from spotcoffee.project.parent import end_with_parent

# A killed server would leave its workers on the port.
end_with_parent()

application = get_wsgi_application()
