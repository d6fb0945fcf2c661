"""What of the box's network can be seen from outside: to compare before and after."""

from tests.lab.namespaces import Lab


def state_of(lab: Lab) -> str:
    """Rules, queues, routing, addresses and switches of the box, as Debian's tools show them."""
    sysctls = [
        f"net.ipv{version}.conf.{name}.{key}"
        for version, key in ((4, "forwarding"), (6, "forwarding"), (6, "accept_ra"))
        for name in ("br0", "wan", "p1", "all")
    ]
    commands = (
        ("nft", "list", "ruleset"),
        ("tc", "qdisc"),
        ("ip", "rule"),
        ("ip", "-6", "rule"),
        ("ip", "-o", "-br", "addr"),
        ("ip", "route"),
        ("sysctl", *sysctls),
    )
    return "\n".join(lab.box.out(*command) for command in commands)
