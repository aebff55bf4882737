"""Writes the static site to disk."""
