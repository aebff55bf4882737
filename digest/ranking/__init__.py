"""The order of cards, learned from votes."""
