"""SQLite. Implements the store protocols of digest.ports."""
