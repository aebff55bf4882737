"""The week of an edition in numbers."""
