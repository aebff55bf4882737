"""The day, top to bottom: collect, match, select, analyse, compose."""
