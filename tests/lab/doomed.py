"""A gateway that lets guests through and waits to be killed: python doomed.py KEPT DEVICE,ADDRESS,… …"""

import sys
import threading
from ipaddress import ip_address
from pathlib import Path

from tests.lab.conftest import NETWORK

from spotcoffee.servers.gateway.enforcement import Guest
from spotcoffee.servers.gateway.kernel import Kernel

kernel = Kernel(kept=Path(sys.argv[1]))
guests = [
    Guest(device=one[0], addresses=tuple(map(ip_address, one[1:]))) for one in (a.split(",") for a in sys.argv[2:])
]
kernel.install(NETWORK, guests)
print("ready", flush=True)
threading.Event().wait()
