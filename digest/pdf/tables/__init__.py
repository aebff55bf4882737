"""Tables of a PDF: which lines are rows, and which cells stand in one row and column."""
