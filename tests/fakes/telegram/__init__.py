"""A fake Telegram on loopback."""
