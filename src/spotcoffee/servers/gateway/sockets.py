"""Sockets that hear the guests' interface alone."""

import socket


def listening(interface: str | None, port: int) -> socket.socket:
    """A TCP socket for both protocols. interface: the only one that is heard; None: all. port: 0: any."""
    opened = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if interface is not None:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        opened.bind(("::", port))
        opened.setblocking(False)
    except BaseException:
        opened.close()
        raise
    return opened
