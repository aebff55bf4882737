"""Commands under "Papers"."""
