"""The addresses of the staff's pages."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView, TemplateView

from spotcoffee.web.manage import account, find, offers, online, sell, tickets

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", account.account, name="account"),
    path("account/language/", account.change_language, name="account-language"),
    path("account/password/reset/", TemplateView.as_view(template_name="account/forgotten.html"), name="forgotten"),
    path("account/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
    path("", sell.sell, name="sell"),
    path("sell/", sell.sell_ticket, name="sell-ticket"),
    path("sold/<int:id>/", sell.sold, name="sold"),
    path("find/", find.find, name="find"),
    path("online/", online.online, name="online"),
    path("tickets/<int:id>/", tickets.ticket, name="ticket"),
    path("tickets/<int:id>/cancel-sale/", sell.cancel_sale, name="cancel-sale"),
    path("tickets/<int:id>/note/", tickets.note_ticket, name="note"),
    path("tickets/<int:id>/receipt/", tickets.receipt, name="receipt"),
    path("tickets/<int:id>/restore/", tickets.restore_ticket, name="restore"),
    path("tickets/<int:id>/revoke/", tickets.revoke_ticket, name="revoke"),
    path("sessions/<int:id>/disconnect/", tickets.disconnect, name="disconnect"),
    path("sessions/<int:id>/outcome/", tickets.watch, name="watch"),
    path("offers/", offers.offers, name="offers"),
    path("offers/new/", offers.new_offer, name="new-offer"),
    path("offers/check/", offers.check_offer, name="check-offer"),
    path("offers/<int:id>/", offers.offer, name="offer"),
    path("offers/<int:id>/archive/", offers.archive_offer, name="archive-offer"),
    path("offers/<int:id>/delete/", offers.delete_offer, name="delete-offer"),
    path("offers/<int:id>/extend/", offers.extend_offer, name="extend-offer"),
    path("offers/<int:id>/unarchive/", offers.unarchive_offer, name="unarchive-offer"),
    path("offers/<int:id>/undo/<str:token>/", offers.undo_offer, name="undo-offer"),
]
