"""What the kernel's part of the gateway costs, in namespaces: guests' rates, many guests, plain forwarding beside it.

python -m bench.gateway_kernel [--guests 1000] [--seconds 5] [--without-rates]
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, ip_address
from time import perf_counter
from typing import Final

from tests.lab.namespaces import BOX4, BOX6, PORTAL_PORT, UPLINK4, Lab, NamespacesMissing, require
from tests.lab.rates import measured

from bench.machine import condition
from bench.report import Report
from spotcoffee.servers.gateway.enforcement import Guest, Network
from spotcoffee.servers.gateway.kernel import Kernel

PART: Final = "gateway kernel"
NETWORK: Final = Network(
    guest_interface="br0",
    uplink_interface="wan",
    guest4=IPv4Interface("10.77.0.1/16"),
    guest6=BOX6,
    portal_port=PORTAL_PORT,
)
RATES: Final = (1_000_000, 5_000_000, 20_000_000)
CALLS: Final = 50
UNLIMITED_ROUNDS: Final = 8


def measure(report: Report, *, guests: int, seconds: float, rates: bool) -> None:
    """Everything, in namespaces made for it and removed after."""
    lab = Lab.built(phones=1)
    try:
        with lab.box.entered():
            _throughput(lab, report, guests=guests)
            _many(lab, report, guests=guests)
            if rates:
                _rates(lab, report, seconds=seconds)
    finally:
        lab.close()


def _throughput(lab: Lab, report: Report, *, guests: int) -> None:
    unlimited = [replace(guest, rate_down=None, rate_up=None) for guest in _others(guests - 1)]
    ways: dict[str, Callable[[], AbstractContextManager[object]]] = {
        "plain": lambda: _plain_forwarding(lab),
        # What a box does for guests with private addresses when nobody has to pay.
        "masquerade": lambda: _masquerading(lab),
        "gateway": lambda: _installed([_the_phone(lab), *unlimited]),
        "beside limited": lambda: _installed([_the_phone(lab), *_others(guests - 1)]),
    }
    found: dict[str, list[float]] = {way: [] for way in ways}
    # In turn, so that what else the machine does falls on all.
    for _round in range(UNLIMITED_ROUNDS):
        for way, opened in ways.items():
            with opened():
                found[way].append(measured(lab, lab.phones[0], direction="down", protocol="tcp", seconds=2, warm_up=1))
    for way, rates in found.items():
        report.add(part=PART, on=way, name="throughput", value=statistics.median(rates) / 1e9, unit="Gbit/s")
    for way, rates in found.items():
        for other in ("plain", "masquerade"):
            shares = [rate / base for rate, base in zip(rates, found[other], strict=True)]
            report.add(part=PART, on=way, name=f"share of {other}", value=100 * statistics.median(shares), unit="%")


def _many(lab: Lab, report: Report, *, guests: int) -> None:
    everybody = [_the_phone(lab), *_others(guests - 1)]
    with _installed([]) as kernel:
        started = perf_counter()
        kernel.rebuild(everybody)
        _took(report, f"rebuild, {guests} guests", [perf_counter() - started])
        lab.box.run("nft", "flush", "ruleset")
        lab.box.run("tc", "qdisc", "del", "dev", "br0", "root")
        lab.box.run("tc", "qdisc", "del", "dev", "wan", "root")
        started = perf_counter()
        assert kernel.verify()
        kernel.rebuild(everybody)
        assert not kernel.verify()
        _took(report, f"see and mend all rules gone, {guests} guests", [perf_counter() - started])
        _took(report, f"all counters, {guests} guests", _timed(lambda: kernel.traffic(1.0)))
        _took(report, f"verify, {guests} guests", _timed(kernel.verify))
        _took(report, f"alerts, {guests} guests", _timed(kernel.alerts))
        newcomers = iter(_others(guests + 2 * CALLS)[guests:])
        gone = iter(list(everybody[1 : 1 + CALLS]))
        _took(report, "login", _timed(lambda: kernel.admit(next(newcomers))))
        _took(report, "change", _timed(lambda: kernel.change(everybody[-1])))
        _took(report, "kick", _timed(lambda: kernel.expel(next(gone).device)))
        started = perf_counter()
        lab.box.run("nft", "add", "element", "inet", "spotcoffee", "walled4", "{ 198.51.100.1 }")
        kernel.verify()
        _took(report, "verify after somebody's change", [perf_counter() - started])
    report.add(part=PART, on="gateway", name="memory of this process", value=_megabytes(), unit="MB")


def _rates(lab: Lab, report: Report, *, seconds: float) -> None:
    for rate in RATES:
        guest = Guest(device=lab.phones[0].device, addresses=_the_phone(lab).addresses, rate_down=rate, rate_up=rate)
        with _installed([guest]):
            for protocol in ("tcp", "udp"):
                for direction in ("down", "up"):
                    got = measured(
                        lab,
                        lab.phones[0],
                        direction=direction,
                        protocol=protocol,
                        seconds=seconds,
                        offered=rate * 3 // 2,
                        warm_up=3,
                    )
                    name = f"{protocol} {direction} of {rate / 1e6:g} Mbit/s"
                    report.add(part=PART, on="gateway", name=name, value=100 * got / rate, unit="%")


@contextmanager
def _installed(guests: list[Guest]) -> Iterator[Kernel]:
    kernel = Kernel()
    kernel.install(NETWORK, guests)
    try:
        yield kernel
    finally:
        kernel.close(leave_closed=False)


@contextmanager
def _plain_forwarding(lab: Lab) -> Iterator[None]:
    run = lab.box.run
    run("ip", "addr", "add", str(BOX4), "dev", "br0")
    run("sysctl", "-q", "net.ipv4.ip_forward=1")
    lab.internet.run("ip", "route", "replace", str(BOX4.network), "via", UPLINK4)
    try:
        yield
    finally:
        lab.internet.run("ip", "route", "del", str(BOX4.network))
        run("sysctl", "-q", "net.ipv4.ip_forward=0")
        run("ip", "addr", "del", str(BOX4), "dev", "br0")


@contextmanager
def _masquerading(lab: Lab) -> Iterator[None]:
    with _plain_forwarding(lab):
        run = lab.box.run
        run("nft", "add", "table", "ip", "plain")
        run("nft", "add", "chain", "ip", "plain", "leaving", "{ type nat hook postrouting priority 100; }")
        run("nft", "add", "rule", "ip", "plain", "leaving", "oifname", "wan", "masquerade")
        try:
            yield
        finally:
            run("nft", "delete", "table", "ip", "plain")


def _the_phone(lab: Lab) -> Guest:
    phone = lab.phones[0]
    return Guest(device=phone.device, addresses=(ip_address(phone.address4), ip_address(phone.address6)))


def _others(count: int) -> list[Guest]:
    return [
        Guest(
            device=f"0600{number:08x}",
            addresses=(IPv4Address("10.77.16.0") + number, IPv6Address("fd00:77::1:0:0") + number),
            rate_down=5_000_000,
            rate_up=1_000_000,
            quota_down=1_000_000_000,
            seconds_left=3_600,
        )
        for number in range(count)
    ]


def _timed(call: Callable[[], object]) -> list[float]:
    taken = []
    for _call in range(CALLS):
        started = perf_counter()
        call()
        taken.append(perf_counter() - started)
    return taken


def _took(report: Report, name: str, taken: list[float]) -> None:
    report.add(part=PART, on="gateway", name=name, value=1000 * statistics.median(taken), unit="ms")
    if len(taken) > 1:
        report.add(part=PART, on="worst", name=name, value=1000 * max(taken), unit="ms")


def _megabytes() -> float:
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.gateway_kernel")
    parser.add_argument("--guests", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each iperf3")
    parser.add_argument("--without-rates", action="store_true")
    asked = parser.parse_args()
    try:
        require()
    except NamespacesMissing as missing:
        sys.exit(str(missing))
    report = Report(name=datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ-gateway-kernel"), condition=condition())
    try:
        measure(report, guests=asked.guests, seconds=asked.seconds, rates=not asked.without_rates)
    finally:
        report.show()


if __name__ == "__main__":
    main()
