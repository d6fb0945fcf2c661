"""The SQL of the hot path: few set-based statements, the same text on SQLite and PostgreSQL but for the lock and the
relation that parameters make. Instants go in and out as integers; values come out as the domain's.
"""
