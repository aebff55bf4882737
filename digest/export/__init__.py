"""Papers in other programs' formats."""
