"""One driver for each make: logs in when it must, and carries out what a round asks for."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.sessions import Grant
from spotcoffee.protocols.portals import omada, unifi
from spotcoffee.protocols.portals.calls import Call, Reply, Station, Unanswerable
from spotcoffee.servers.controllers.line import Line
from spotcoffee.services.controller_rounds import Account
from spotcoffee.storage.models import Admission


class Driver(Protocol):
    """A controller. All raise Unreachable, Unanswerable."""

    def let_in(self, admission: Admission, limits: Grant) -> None:
        """Let a device in with limits that count from now, or give it others."""

    def put_off(self, admission: Admission) -> None:
        """Put a device off."""

    def stations(self) -> Mapping[str, Station] | None:
        """Who is on, by device. None: this controller does not tell."""

    def close(self) -> None:
        """Hang up."""


class UnifiDriver:
    """UniFi: a classic controller, or UniFi OS, found out at the first login."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._line = Line(account.url, account.fingerprint)
        self._is_console: bool | None = None
        self._csrf = ""
        self._is_in = False

    def let_in(self, admission: Admission, limits: Grant) -> None:
        """authorize-guest."""
        allowance = unifi.Allowance(session=limits.session_timeout, rate_up=limits.rate_up, rate_down=limits.rate_down)
        self._enter()
        call = unifi.authorize(
            admission.device,
            allowance,
            site=self._account.site,
            access_point=admission.fields.get("ap"),
            is_console=bool(self._is_console),
        )
        unifi.data_of(self._asked(call))

    def put_off(self, admission: Admission) -> None:
        """unauthorize-guest."""
        self._enter()
        call = unifi.unauthorize(admission.device, site=self._account.site, is_console=bool(self._is_console))
        unifi.data_of(self._asked(call))

    def stations(self) -> Mapping[str, Station]:
        """stat/sta."""
        self._enter()
        return unifi.stations_of(
            self._asked(unifi.stations(site=self._account.site, is_console=bool(self._is_console)))
        )

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _enter(self) -> None:
        if not self._is_in:
            self._log_in()

    def _log_in(self) -> None:
        self._line.forget()
        self._csrf = ""
        if self._is_console is None:
            # What is no UniFi OS knows nothing of its login.
            self._is_console = self._line.send(Call("GET", "/")).status == 200
        reply = self._line.send(unifi.Login(self._account.user, self._account.secret, self._is_console).call())
        if reply.status in (400, 401, 403):
            raise Unanswerable("wrong_password")
        if reply.status != 200:
            self._is_console = None
            raise Unanswerable("unreadable")
        if not self._is_console:
            unifi.data_of(reply)
        self._csrf = reply.headers.get("x-csrf-token", "")
        self._is_in = True

    def _asked(self, call: Call) -> Reply:
        """The answer to a call; logs in again where the login had grown old."""
        reply = self._line.send(call, self._headers())
        if reply.status in (401, 403):
            self._is_in = False
            self._log_in()
            reply = self._line.send(call, self._headers())
        self._csrf = reply.headers.get("x-updated-csrf-token", self._csrf)
        return reply

    def _headers(self) -> dict[str, str]:
        return {"X-CSRF-Token": self._csrf} if self._csrf else {}


class OmadaDriver:
    """Omada: an operator's account of the hotspot manager."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._line = Line(account.url, account.fingerprint)
        self._token = ""

    def let_in(self, admission: Admission, limits: Grant) -> None:
        """extPortal/auth."""
        controller = self._account.controller
        self._ask(
            omada.authorize(admission.device, limits.session_timeout, controller=controller, fields=admission.fields)
        )

    def put_off(self, admission: Admission) -> None:
        """The same, for a millisecond."""
        self._ask(omada.unauthorize(admission.device, controller=self._account.controller, fields=admission.fields))

    def stations(self) -> None:
        """It does not tell."""

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _ask(self, call: Call) -> None:
        """Logs in first, and again where the login had grown old."""
        was_in = bool(self._token)
        try:
            self._asked(call)
        except Unanswerable as refused:
            if not was_in or refused.code == "refused":
                raise
            self._token = ""
            self._asked(call)

    def _asked(self, call: Call) -> None:
        if not self._token:
            self._line.forget()
            account = self._account
            reply = self._line.send(omada.Login(account.user, account.secret, account.controller).call())
            try:
                self._token = omada.token_of(reply)
            except Unanswerable as refused:
                raise Unanswerable("wrong_password" if refused.code == "refused" else refused.code) from refused
        reply = self._line.send(call, {"Csrf-Token": self._token})
        # A login that has grown old is answered by a redirect to the login page.
        if reply.status in (301, 302, 401, 403):
            raise Unanswerable("logged_out")
        omada.result_of(reply)


DRIVERS: Final[Mapping[Equipment, Callable[[Account], Driver]]] = {
    Equipment.UNIFI: UnifiDriver,
    Equipment.OMADA: OmadaDriver,
}


def driver_of(account: Account) -> Driver:
    """A driver for an account; it logs in at its first request."""
    return DRIVERS[account.equipment](account)
