"""What the OpenAPI document says beyond the operations: problems, health, metrics, files, headers."""

from typing import Any, Final

_PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457. errors: of each field that can't be taken; code is stable, message is for people.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_MEANINGS: Final = {
    400: "Malformed",
    401: "No valid token",
    403: "The account's role does not allow it",
    404: "Nothing in the account's reach",
    409: "Conflict",
    413: "Too large",
    422: "Values that can't be taken",
    429: "Too many wrong tokens",
    503: "The store is away for a moment",
}
_ALWAYS: Final = (400, 401, 403, 422, 429, 503)
_HEALTH: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["status", "version", "store", "disk", "missing", "processes"],
    "properties": {
        "status": {"enum": ["ok", "degraded"]},
        "version": {"type": "string"},
        "store": {"type": "object"},
        "disk": {"type": "object"},
        "missing": {"type": "array", "items": {"type": "string"}},
        "processes": {"type": "array", "items": {"type": "object"}},
    },
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document of the operations, with everything else."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["responses"] = {str(status): said for status, said in operation["responses"].items()}
            for status in _refusals(path, method):
                operation["responses"][str(status)] = _problem(status)
    document["paths"] |= {"/api/v1/health": {"get": _health()}, "/api/v1/metrics": {"get": _metrics()}}
    document["components"]["schemas"]["Problem"] = _PROBLEM
    return document


def _refusals(path: str, method: str) -> list[int]:
    found = set(_ALWAYS)
    if "{id}" in path or path.endswith("/sell"):
        found.add(404)
    if method != "get" or path.endswith("/file"):
        found.add(409)
    if method != "get":
        found.add(413)
    return sorted(found)


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _MEANINGS[status], "content": {"application/problem+json": {"schema": schema}}}


def _health() -> dict[str, Any]:
    content = {"application/json": {"schema": _HEALTH}}
    return {
        "operationId": "health",
        "summary": "Whether the product can do its work",
        "tags": ["health"],
        "security": [],
        "responses": {
            "200": {"description": "All is well", "content": content},
            "503": {"description": "Something is wrong", "content": content},
        },
    }


def _metrics() -> dict[str, Any]:
    return {
        "operationId": "metrics",
        "summary": "What the processes count, for Prometheus",
        "tags": ["health"],
        "security": [{}, {"Token": []}],
        "responses": {
            "200": {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}},
            "404": _problem(404),
        },
    }
