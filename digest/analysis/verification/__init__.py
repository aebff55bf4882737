"""The check of statements against the paper. Pure functions."""
