"""Text machinery that several stages share. Pure functions."""
