"""The command line: one file a noun, each with `add_arguments` and `run`."""
