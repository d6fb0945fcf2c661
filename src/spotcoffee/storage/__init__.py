"""The database: records, migrations, and the only SQL; the key ring beside it."""
