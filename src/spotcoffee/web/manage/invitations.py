"""The page behind a link of an invitation: whoever holds it chooses the password of one account, once."""

from axes.utils import reset
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from spotcoffee.services import invitations as services
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.storage.models import StaffAccount
from spotcoffee.web.manage.pages import go
from spotcoffee.web.surroundings import now
from spotcoffee.wording.problems import fault_in_words


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password. It signs nobody in: the second factor, where there is one, is asked for there."""
    try:
        account = services.opened(token, now=now())
        language = account.language or account.organisation.language
        with translation.override(language):
            if request.method != "POST":
                return _form(request, account, "")
            return _choose(request, account, token, language)
    except NotFound:
        return render(request, "manage/invitation_over.html", status=404)


def _choose(request: HttpRequest, account: StaffAccount, token: str, language: str) -> HttpResponse:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return _form(request, account, gettext("The two are not the same."))
    try:
        services.use(token, password, now=now())
    except Invalid as invalid:
        return _form(request, account, fault_in_words(invalid.faults[0][1], language=language))
    # Whoever was locked out for having forgotten it gets in now.
    reset(username=account.email)
    return go(f"{reverse('account_login')}?chosen=1")


def _form(request: HttpRequest, account: StaffAccount, fault: str) -> HttpResponse:
    return render(request, "manage/invitation.html", {"account": account, "fault": fault}, status=422 if fault else 200)
