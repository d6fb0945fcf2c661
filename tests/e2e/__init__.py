"""The real server, as processes, spoken to over UDP."""
