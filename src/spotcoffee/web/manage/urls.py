"""The addresses of the staff's pages."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView, TemplateView

from spotcoffee.web.manage import account

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", account.account, name="account"),
    path("account/language/", account.change_language, name="account-language"),
    path("account/password/reset/", TemplateView.as_view(template_name="account/forgotten.html"), name="forgotten"),
    path("account/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
]
