"""`/metrics`: Prometheus text, for this machine, and for administrators' tokens."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from spotcoffee import __version__
from spotcoffee.domain.permissions import Action, may
from spotcoffee.services.health import Health, look
from spotcoffee.services.processes import Overview
from spotcoffee.web.api.access import Token
from spotcoffee.web.api.problems import unknown_path

_OF_A_PROCESS = ["kind", "process"]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What every process counts, and how it is. 404 to whoever is not on this machine and has no token for it."""
    if not (_is_local(request) or _may(request)):
        return unknown_path(request)
    registry = CollectorRegistry()
    registry.register(_Figures(look(Path(settings.SPOTCOFFEE.data), now=datetime.now(UTC))))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_local(request: HttpRequest) -> bool:
    # A proxy on this machine speaks for others: its requests carry these.
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _may(request: HttpRequest) -> bool:
    asker = Token()(request)
    return asker is not None and may(asker.role, Action.SEE_METRICS)


class _Figures(Collector):
    """Turns what was found into Prometheus' families."""

    def __init__(self, found: Health) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """All families."""
        yield _gauge("spotcoffee_store_up", "1 while the database answers.", self._found.store_fault is None)
        yield _gauge("spotcoffee_disk_ok", "1 while the data folder's disk has room.", self._found.disk_fault is None)
        build = GaugeMetricFamily("spotcoffee_build_info", "1, with the version.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield from _heartbeats(self._found.processes)
        yield from _counters([process for process in self._found.processes if process.alive])


def _gauge(name: str, text: str, holds: bool) -> Metric:
    return GaugeMetricFamily(name, text, value=1.0 if holds else 0.0)


def _heartbeats(processes: Sequence[Overview]) -> Iterable[Metric]:
    alive = GaugeMetricFamily("spotcoffee_process_alive", "1 while its heart beats.", labels=_OF_A_PROCESS)
    swept = GaugeMetricFamily(
        "spotcoffee_swept_timestamp_seconds", "When it last looked for lost sessions.", labels=_OF_A_PROCESS
    )
    for process in processes:
        labels = [process.kind, str(process.id)]
        alive.add_metric(labels, 1.0 if process.alive else 0.0)
        if process.swept_at is not None:
            swept.add_metric(labels, process.swept_at.timestamp())
    return [alive, swept]


def _counters(processes: Sequence[Overview]) -> Iterable[Metric]:
    """`login.accepted` becomes spotcoffee_login_total{what="accepted"}."""
    families: dict[str, CounterMetricFamily] = {}
    for process in processes:
        for name, count in sorted(process.counters.items()):
            noun, _, what = name.partition(".")
            family = families.setdefault(
                noun,
                CounterMetricFamily(f"spotcoffee_{noun}", f"Counted: {noun}.", labels=[*_OF_A_PROCESS, "what"]),
            )
            family.add_metric([process.kind, str(process.id), what], count)
    return families.values()
