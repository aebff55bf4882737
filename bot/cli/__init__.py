"""The command line: one file a command; folders are the headings of `broadsheet --help`."""
