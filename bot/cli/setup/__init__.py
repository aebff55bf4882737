"""Commands of `broadsheet --help` under "Set up"."""
