"""The pages and the API as one WSGI application, loaded by each worker of the web server."""

from django.core.wsgi import get_wsgi_application

from spotcoffee.project.parent import end_with_parent

# A killed web server would leave its workers on the port.
end_with_parent()

application = get_wsgi_application()
