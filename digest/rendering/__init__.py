"""What every output says in the same words: documents, phrasing, cards."""
