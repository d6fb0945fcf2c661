"""The staff in words."""

from django.utils.translation import gettext

from spotcoffee.domain.staff import Role


def role_in_words(role: Role) -> str:
    """The word of a role."""
    match role:
        case Role.ADMINISTRATOR:
            return gettext("Administrator")
        case Role.MANAGER:
            return gettext("Manager")
        case Role.RECEPTION:
            return gettext("Reception")
        case Role.AUDITOR:
            return gettext("Auditor")
