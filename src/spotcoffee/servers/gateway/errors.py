"""What can be wrong with the machine's network, and whose fault it is.

EnforcementError
    NetworkRefused    the settings': nothing was touched; `faults` says each fault with its mend
    KernelMissing     the machine's: it lacks a part that the gateway needs; `mend` says which package or module
    KernelRefused     ours or another program's: the kernel said no to an order. What was in force before it still is
"""


class EnforcementError(Exception):
    """The root."""


class NetworkRefused(EnforcementError):
    """Settings that don't fit this machine. faults: one line each, with its mend, in English."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class KernelMissing(EnforcementError):
    """A part of the machine that isn't there. mend: one line, in English."""

    def __init__(self, mend: str) -> None:
        super().__init__(mend)
        self.mend = mend


class KernelRefused(EnforcementError):
    """An order that the kernel refused. errno: the kernel's, or 0; order: which part of it said so."""

    def __init__(self, order: str, errno: int = 0, detail: str = "") -> None:
        super().__init__(order, errno, detail)
        self.order = order
        self.errno = errno
        self.detail = detail
