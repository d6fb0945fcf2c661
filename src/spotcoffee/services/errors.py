"""What a use case may refuse: one root, each with a stable code and fields, no prose (wording says it)."""


class ServiceError(Exception):
    """A use case can't be carried out, and nothing was changed."""

    code = "failed"

    def __init__(self, code: str | None = None, **fields: object) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.fields = fields


class NotFound(ServiceError):
    """What was named does not exist in the caller's reach."""

    code = "not_found"


class Forbidden(ServiceError):
    """It is in the caller's reach, and not for him to do."""

    code = "forbidden"


class Conflict(ServiceError):
    """It can't be done in the present state of things."""

    code = "conflict"


class Invalid(ServiceError):
    """Values that can't be taken. faults: (field, code) pairs, all of them."""

    code = "invalid"

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("invalid", faults=faults)
        self.faults = faults
