"""Values to bytes and back: RADIUS, UAM, nftables. No I/O, no clock, no randomness, no logging."""
