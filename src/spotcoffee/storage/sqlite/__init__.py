"""Django's SQLite backend, with a memory for the texts of statements."""
