"""A fake model server."""
