"""A web server for the lab, on every address of IPv4 and IPv6: `/` is a page, `/N` is N bytes, `/N/S` over S seconds.

python web.py [--redirect URL] PORT …
"""

import argparse
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECES = 50


class Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 128
    daemon_threads = True
    redirect = ""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        if self.server.redirect:
            self.send_response(302)
            self.send_header("Location", self.server.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        size, _slash, seconds = self.path.strip("/").partition("/")
        self.send_response(200)
        self.send_header("Content-Length", size or "2")
        self.end_headers()
        if not size:
            self.wfile.write(b"ok")
        for _piece in range(PIECES if size else 0):
            self.wfile.write(bytes(int(size) // PIECES))
            time.sleep(float(seconds or 0) / PIECES)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--redirect", default="")
    parser.add_argument("ports", nargs="+", type=int)
    asked = parser.parse_args()
    servers = [Server(("::", port), Handler) for port in asked.ports]
    for server in servers:
        server.redirect = asked.redirect
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
