"""RADIUS as bytes and values (RFC 2865, 2866, 2869, 3162, 3579, 5176, 5997).

Each file answers one question: packet (what a datagram says), encoding (how one is written), authenticator
(who wrote it), passwords (what the guest typed), counters (how much went through), duplicates (was it
answered already), dictionary (what attributes are called), listing (how people read them). Numbers are in
`assigned`, names in `tables`. Clock and randomness are arguments; sockets live in `servers`.
"""
