"""How a guest's login travels through each make of equipment: a visit read from what it sends, an answer to send back.

`visits` holds the values that all share. Each adapter is a module with the same three functions, none of which does any
I/O, and what can't be read raises VisitError:

    read(arrival: Arrival, trust: Trust) -> Visit                  what came with the browser, checked
    log_on(visit: Visit, entry: Entry, trust: Trust) -> Answer     how a right code gets to the equipment
    log_off(visit: Visit) -> Answer | None                         how a session is ended; None: only by the server
"""
