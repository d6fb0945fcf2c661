"""The Linux network as values: nftables' JSON for rules, netlink's bytes for the rest. No sockets here.

Netlink is spoken between programs of one machine: integers in the machine's own order, unless a comment says otherwise.
"""
