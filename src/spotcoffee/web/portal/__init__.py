"""The pages that a guest sees before he is online."""
