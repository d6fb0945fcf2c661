"""What staff copy into their equipment: configuration with the access point's own addresses and secrets filled in.

`values` holds what is filled in, checked so that none of it can end a quoted text or begin a command; `texts` has the
one function that the rest of the product calls; each other module writes the texts of some makes of equipment.
"""
