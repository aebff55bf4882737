"""Whether a statement says what its quotation says, by rule: doubts, each with the words to compare."""
