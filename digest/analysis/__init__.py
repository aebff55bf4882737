"""A paper becomes an Analysis: six parts, every statement with its evidence."""
