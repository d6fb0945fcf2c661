"""Values into sentences, French and English: for pages, portal, API, equipment and prints."""
