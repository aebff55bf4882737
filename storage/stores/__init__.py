"""One store a subject; each implements a Protocol of digest.ports."""
