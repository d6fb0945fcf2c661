"""What other programs hold on to: the REST API, the health of the product and its figures."""
