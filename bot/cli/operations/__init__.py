"""Commands under "Operate"."""
