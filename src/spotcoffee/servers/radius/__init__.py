"""The RADIUS server: datagrams in, one batch at a time through the services, answers out after the commit."""
