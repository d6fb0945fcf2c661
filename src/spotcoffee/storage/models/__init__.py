"""The records: columns, constraints, indexes, and builders of the domain's values. No rule lives here."""

from spotcoffee.storage.models.access_points import AccessPoint, AccessPointFault, DirectoryVersion
from spotcoffee.storage.models.admissions import Admission
from spotcoffee.storage.models.answers import Answer
from spotcoffee.storage.models.attempts import Attempt
from spotcoffee.storage.models.audit import AuditEntry
from spotcoffee.storage.models.backups import Backup
from spotcoffee.storage.models.handouts import Handout, HandoutSpan
from spotcoffee.storage.models.invitations import Invitation
from spotcoffee.storage.models.jobs import Job
from spotcoffee.storage.models.offers import Offer
from spotcoffee.storage.models.orders import Order
from spotcoffee.storage.models.organisations import Organisation, OrganisationLogo
from spotcoffee.storage.models.portal import DeviceReplacement, PortalAcceptance, PortalLook
from spotcoffee.storage.models.processes import Process
from spotcoffee.storage.models.sessions import Session
from spotcoffee.storage.models.staff import ApiToken, StaffAccount
from spotcoffee.storage.models.tickets import Ticket, TicketBatch, TicketList

__all__ = [
    "AccessPoint",
    "AccessPointFault",
    "Admission",
    "Answer",
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "Backup",
    "DeviceReplacement",
    "DirectoryVersion",
    "Handout",
    "HandoutSpan",
    "Invitation",
    "Job",
    "Offer",
    "Order",
    "Organisation",
    "OrganisationLogo",
    "PortalAcceptance",
    "PortalLook",
    "Process",
    "Session",
    "StaffAccount",
    "Ticket",
    "TicketBatch",
    "TicketList",
]
