"""libnftables through ctypes: JSON in, JSON out, one lasting context (libnftables(3))."""

import ctypes
import json
import re
from typing import Any, Final

from spotcoffee.protocols.nftables.expressions import Json
from spotcoffee.servers.gateway.errors import KernelMissing, KernelRefused

_NAME: Final = "libnftables.so.1"
_JSON_OUTPUT: Final = 1 << 4
_MOST_DETAIL: Final = 500


class Nftables:
    """A context of libnftables, in the network namespace in which it was made."""

    def __init__(self) -> None:
        try:
            library = ctypes.CDLL(_NAME)
        except OSError as missing:
            raise KernelMissing("libnftables is missing; install the Debian package nftables") from missing
        self._library = _declared(library)
        self._context = library.nft_ctx_new(0)
        library.nft_ctx_output_set_flags(self._context, _JSON_OUTPUT)
        library.nft_ctx_buffer_output(self._context)
        library.nft_ctx_buffer_error(self._context)

    def close(self) -> None:
        """Free the context."""
        if self._context:
            self._library.nft_ctx_free(self._context)
            self._context = None

    def run(self, commands: list[Json]) -> None:
        """Carry out commands, all or none. Raises KernelRefused."""
        if commands:
            self._run(json.dumps({"nftables": commands}))

    def try_out(self, commands: list[Json]) -> None:
        """Have the kernel check commands, and change nothing. Raises KernelRefused."""
        self._library.nft_ctx_set_dry_run(self._context, True)
        try:
            self.run(commands)
        finally:
            self._library.nft_ctx_set_dry_run(self._context, False)

    def listed(self, what: dict[str, Any]) -> Json | None:
        """The listing of a table, set or map; None if there is none."""
        try:
            return json.loads(self._run(json.dumps({"nftables": [{"list": what}]})))
        except KernelRefused:
            return None

    def _run(self, text: str) -> str:
        failed = self._library.nft_run_cmd_from_buffer(self._context, text.encode())
        output: bytes = self._library.nft_ctx_get_output_buffer(self._context) or b""
        complaint: bytes = self._library.nft_ctx_get_error_buffer(self._context) or b""
        if failed:
            detail = re.sub(r"\s+", " ", complaint.decode("utf-8", "replace"))[:_MOST_DETAIL]
            raise KernelRefused("nftables", detail=detail)
        return output.decode("utf-8", "replace")


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    context = ctypes.c_void_p
    library.nft_ctx_new.restype = context
    library.nft_ctx_new.argtypes = [ctypes.c_uint32]
    library.nft_ctx_free.argtypes = [context]
    library.nft_ctx_output_set_flags.argtypes = [context, ctypes.c_uint]
    library.nft_ctx_set_dry_run.argtypes = [context, ctypes.c_bool]
    library.nft_run_cmd_from_buffer.argtypes = [context, ctypes.c_char_p]
    for function in (library.nft_ctx_buffer_output, library.nft_ctx_buffer_error):
        function.argtypes = [context]
    for function in (library.nft_ctx_get_output_buffer, library.nft_ctx_get_error_buffer):
        function.argtypes = [context]
        function.restype = ctypes.c_char_p
    return library
