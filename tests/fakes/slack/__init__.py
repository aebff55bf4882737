"""A fake Slack on loopback."""
