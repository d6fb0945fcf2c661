"""Use cases: load, decide, store; one transaction each."""
