"""LaTeX fragments in titles and abstracts to Unicode text, and back."""
