"""Values to bytes: tables, prints. Finished sentences come in as arguments."""
