"""Why something can't be done, for people who run a place: refusals of use cases, and faults of single fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, gettext_noop, override


@dataclass(frozen=True, slots=True)
class Said:
    """title: the kind of problem. detail: this one."""

    title: str
    detail: str


TITLES: Final[Mapping[int, str]] = {
    400: gettext_noop("The request can't be read."),
    401: gettext_noop("A valid token is needed."),
    403: gettext_noop("This account may not do that."),
    404: gettext_noop("There is no such thing."),
    405: gettext_noop("This can't be done here."),
    409: gettext_noop("This can't be done now."),
    413: gettext_noop("The request is too large."),
    422: gettext_noop("Some values can't be taken."),
    429: gettext_noop("Too many attempts."),
    500: gettext_noop("Something failed on our side."),
    503: gettext_noop("The service is not available for a moment."),
}

DETAILS: Final[Mapping[str, str]] = {
    "malformed": gettext_noop("The body is no JSON that can be read."),
    "unauthorized": gettext_noop("Send a token of an active account in the header Authorization: Bearer TOKEN."),
    "forbidden": gettext_noop("The role of this account does not allow it. Ask an administrator."),
    "not_found": gettext_noop("Nothing is at this address."),
    "method_not_allowed": gettext_noop("This address does not take that method."),
    "conflict": gettext_noop("The present state of things does not allow it."),
    "too_large_a_request": gettext_noop("Send less at once."),
    "invalid": gettext_noop("Mend the fields that are named here; nothing was saved."),
    "too_many_requests": gettext_noop("Too many wrong tokens came from this address. Wait a little."),
    "our_fault": gettext_noop("This is a fault of the product. It has been logged."),
    "store_away": gettext_noop("The database or the keys can't be reached. Try again in a moment."),
    "no_such_access_point": gettext_noop("There is no such access point."),
    "no_such_offer": gettext_noop("There is no such offer."),
    "no_such_list": gettext_noop("There is no such ticket list."),
    "no_such_ticket": gettext_noop("There is no such ticket."),
    "no_such_handout": gettext_noop("There is no such hand-out."),
    "no_such_session": gettext_noop("There is no such session."),
    "no_such_job": gettext_noop("There is no such job."),
    "no_such_account": gettext_noop("There is no such account."),
    "no_such_organisation": gettext_noop("There is no such organisation."),
    "no_organisation_yet": gettext_noop("There is no organisation yet."),
    "several_organisations": gettext_noop("There are several organisations: say which one."),
    "offer_elsewhere_too": gettext_noop(
        "This offer also holds on access points that are not yours. Ask an administrator."
    ),
    "has_sessions": gettext_noop("Guests have connected through this access point: archive it instead of deleting it."),
    "last_access_point_of_offer": gettext_noop(
        "It is the only access point of the offer %(offer)s: give this offer another one first, or archive it."
    ),
    "offer_has_lists": gettext_noop("This offer has ticket lists: archive it instead of deleting it."),
    "offer_archived": gettext_noop("This offer is archived: nothing more is sold of it."),
    "offer_ended": gettext_noop("This offer has ended: extend its validity before selling it."),
    "list_archived": gettext_noop("This list is archived: no ticket is added to it."),
    "list_has_used_tickets": gettext_noop(
        "Tickets of this list were handed out or used: archive it instead of deleting it."
    ),
    "list_is_growing": gettext_noop("Tickets are being generated into this list. Wait until that is done."),
    "list_has_too_many_tickets": gettext_noop(
        "This list has too many tickets to be deleted at once: archive it instead."
    ),
    "generation_stopped": gettext_noop("The tickets were not generated: their generation was stopped."),
    "handout_stopped": gettext_noop("Nothing was handed out: the hand-out was stopped."),
    "handout_running": gettext_noop("Another hand-out of this list is running. Wait until it has ended."),
    "handout_undone": gettext_noop("This hand-out was undone already."),
    "nothing_to_hand_out": gettext_noop("This list has no such ticket to hand out."),
    "no_file_of_sale": gettext_noop("A sale has no file: print its ticket again instead."),
    "nothing_to_print": gettext_noop("Nothing of it is left to print: its tickets were handed out again since."),
    "session_has_ended": gettext_noop("This session has ended already."),
    "takes_no_orders": gettext_noop("The equipment of this access point can't be told to disconnect a guest."),
    "job_has_ended": gettext_noop("This job has ended already."),
    "no_ticket_chosen": gettext_noop("No ticket was chosen: tick some first."),
    "job_not_done": gettext_noop("This job has no result yet."),
    "its_worker_died": gettext_noop("The work stopped several times in the middle and was given up."),
    "failed": gettext_noop("It failed for a reason of ours. It has been logged."),
    "not_sold": gettext_noop("This ticket was not sold."),
    "sale_too_old": gettext_noop("A sale can be cancelled for 30 seconds; revoke the ticket instead."),
    "sale_used": gettext_noop("This ticket has been used: revoke it instead."),
    "key_of_another_request": gettext_noop("This Idempotency-Key was used for another request."),
    "no_such_token": gettext_noop("There is no such API token."),
    "no_such_link": gettext_noop("This link opens nothing any more."),
    "no_such_logo": gettext_noop("There is no logo."),
    "last_administrator": gettext_noop(
        "This is the last administrator who can sign in: make another one first, or nobody could manage the team."
    ),
    "account_suspended": gettext_noop("This account is suspended: open it again first."),
    "not_alone": gettext_noop("Several organisations share this installation: its backups are made on the server."),
    "no_controller": gettext_noop("This access point needs the address and the account of its controller first."),
    "not_for_a_text": gettext_noop(
        "A secret or name of this access point can't stand in a configuration text: use letters and digits alone."
    ),
    "secret_unreadable": gettext_noop("The secret of this access point can't be read with this installation's keys."),
    "request_running": gettext_noop("The first request with this Idempotency-Key is still running."),
}

FAULTS: Final[Mapping[str, str]] = {
    "required": gettext_noop("It is missing."),
    "unknown_field": gettext_noop("There is no field of this name."),
    "wrong_type": gettext_noop("This is no value of the right kind."),
    "empty": gettext_noop("It can't be empty."),
    "too_short": gettext_noop("It is too short."),
    "too_long": gettext_noop("It is too long."),
    "control_character": gettext_noop("It holds a character that can't be printed."),
    "blank_at_an_end": gettext_noop("It begins or ends with a blank."),
    "too_small": gettext_noop("It is too small."),
    "too_large": gettext_noop("It is too large."),
    "too_many": gettext_noop("There are too many."),
    "out_of_range": gettext_noop("It is out of range."),
    "unknown_choice": gettext_noop("It is none of the values that can be chosen."),
    "no_time_zone": gettext_noop("The time zone is missing: write Z or +02:00 at the end."),
    "not_an_instant": gettext_noop("Write an instant like 2026-07-15T08:00:00Z."),
    "not_a_price": gettext_noop("Write an amount like 2.50."),
    "not_a_count": gettext_noop("Write a whole number, such as 200."),
    "not_an_address": gettext_noop("Write an IP address, or a network like 192.0.2.0/24."),
    "not_an_email": gettext_noop("This is no e-mail address."),
    "invalid": gettext_noop("It can't be taken."),
    "not_a_fingerprint": gettext_noop("Write the SHA-256 of the certificate: 64 hexadecimal digits."),
    "not_for_this_equipment": gettext_noop("Equipment of this kind has no controller."),
    "taken": gettext_noop("Another one has it already."),
    "unknown": gettext_noop("There is none of this number."),
    "archived": gettext_noop("It is archived."),
    "same_address_same_identifier": gettext_noop(
        "Another access point has the same address: give each an identifier of its own."
    ),
    "differs_at_same_address": gettext_noop("Access points behind one address share one secret."),
    "not_positive": gettext_noop("It must be more than zero, or left out."),
    "rate_too_low": gettext_noop("It must be 8,000 bit/s or more."),
    "period_missing": gettext_noop("Say per hour, day, week or month."),
    "validity_reversed": gettext_noop("The end must come after the beginning."),
    "no_access_point": gettext_noop("Choose at least one access point."),
    "quota_not_counted": gettext_noop("An access point of this offer counts no volumes, so that no quota can hold."),
    "too_many_for_format": gettext_noop("So many codes of this format would be easy to guess: choose a longer one."),
    "password_too_short": gettext_noop("It is too short."),
    "password_too_common": gettext_noop("It is among the passwords that everyone tries first."),
    "not_a_cursor": gettext_noop("Take it from the answer before, as it stands."),
    "not_of_this_format": gettext_noop("Files of this format have no such option."),
    "nothing_to_print": gettext_noop("There is nothing to print."),
    "cell_out_of_range": gettext_noop("A sheet of this layout has no such cell: count from 1, row by row."),
    "no_room_for_two_qr": gettext_noop(
        "So small a ticket has room for one QR: leave one off, or choose a layout with fewer tickets."
    ),
    "empty_code": gettext_noop("A ticket without a code can't be printed."),
    "code_too_long": gettext_noop("A code can have 253 characters."),
    "qr_too_long": gettext_noop("It is too long for a QR that phones read: make it shorter."),
    "network_name": gettext_noop("The name of a Wi-Fi has 1 to 32 characters that can be seen."),
    "logo_too_heavy": gettext_noop("This picture is too heavy: 2 MB at most."),
    "logo_too_large": gettext_noop("This picture is too large: 16 million points at most."),
    "logo_unreadable": gettext_noop("This is no picture that can be read: choose a PNG or JPEG file."),
    "logo_blank": gettext_noop("There is nothing to be seen on this picture."),
    "not_a_colour": gettext_noop("Write a colour as #7A4A21."),
    "contrast_too_low": gettext_noop("This colour can't be read well enough: choose a darker or a lighter one."),
    "not_a_host": gettext_noop("Write names or addresses alone, such as wifi.lan or 10.1.0.1."),
    "role_sees_all": gettext_noop("This role sees all access points: leave it out."),
    "too_wide": gettext_noop("That is too long a time for such short steps."),
}


def problem_in_words(code: str, status: int, fields: Mapping[str, object], *, language: str) -> Said:
    """The sentences for a refusal."""
    with override(language):
        title = gettext(TITLES.get(status, TITLES[409]))
        detail = gettext(DETAILS.get(code, DETAILS["conflict"]))
    named = {name: value for name, value in fields.items() if isinstance(value, str | int)}
    return Said(title, detail % named if "%(" in detail else detail)


def fault_in_words(code: str, *, language: str) -> str:
    """The sentence beside a field."""
    with override(language):
        return gettext(FAULTS.get(code, FAULTS["invalid"]))
