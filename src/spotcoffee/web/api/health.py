"""`/api/v1/health`: whether the product can do its work. Open to everyone, so it names no machine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from spotcoffee import __version__
from spotcoffee.services.health import Health, look


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 and "ok", or 503 and "degraded" with what is wrong."""
    found = look(Path(settings.SPOTCOFFEE.data), now=datetime.now(UTC))
    return JsonResponse(_as_json(found), status=200 if found.is_well else 503)


def _as_json(found: Health) -> dict[str, Any]:
    return {
        "status": "ok" if found.is_well else "degraded",
        "version": __version__,
        "store": {"kind": found.store_kind, "status": found.store_fault or "ok"},
        "disk": {"status": found.disk_fault or "ok"},
        "missing": list(found.missing),
        "processes": [
            {
                "kind": process.kind,
                "alive": process.alive,
                "heartbeat_at": _instant(process.heartbeat_at),
                "swept_at": _instant(process.swept_at),
            }
            for process in found.processes
        ],
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
