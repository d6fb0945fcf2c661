"""The pages for the staff."""
