"""One's own account: language, password, second factor, signing out."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.services import staff
from spotcoffee.web.manage.pages import go, page, show
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import now
from spotcoffee.wording.staff import role_in_words


@require_safe
@page(None)
def account(visit: Visit) -> HttpResponse:
    """What concerns oneself alone."""
    return show(visit, "account", {"role": role_in_words(visit.visitor.role)})


@require_POST
@page(None)
def change_language(visit: Visit) -> HttpResponse:
    """The language of the pages for oneself; empty: the organisation's."""
    staff.set_language(visit.visitor.caller, visit.visitor.account.pk, visit.POST.get("language", ""), now=now())
    return go("/account/")
