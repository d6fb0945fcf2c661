"""The rules: values and pure functions, on the standard library alone. No I/O, no clock, no database."""
