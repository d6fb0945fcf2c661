"""iperf3 between a phone and the Internet."""

import json

from tests.lab.namespaces import INTERNET4, Lab, Phone

PORT = "5201"


def measured(
    lab: Lab, phone: Phone, *, direction: str, protocol: str, seconds: float, offered: int = 0, warm_up: float = 1
) -> float:
    """Payload received, bit/s. direction: down or up. offered: bit/s that UDP sends; TCP takes what it gets."""
    server = lab.internet.start("iperf3", "-s", "-1", "-p", PORT, "--forceflush")
    assert server.stdout is not None
    assert any("listening" in line for line in iter(server.stdout.readline, ""))
    command = ["iperf3", "-c", INTERNET4, "-p", PORT, "-J", "-t", str(seconds), "-O", str(warm_up)]
    command += ["-R"] if direction == "down" else []
    # So that one datagram is one packet of full size.
    command += ["-u", "-l", "1472", "-b", str(offered)] if protocol == "udp" else []
    done = phone.namespace.run(*command, check=False, seconds=seconds + warm_up + 20)
    server.wait(timeout=10)
    result = json.loads(done.stdout)
    assert "end" in result, result
    end = result["end"]
    return float(end["sum_received" if "sum_received" in end else "sum"]["bits_per_second"])
