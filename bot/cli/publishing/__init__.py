"""Commands under "Publish"."""
