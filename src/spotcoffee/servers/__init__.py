"""The machines that guests and equipment speak to. The clock is read and I/O starts here."""
