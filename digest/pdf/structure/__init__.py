"""Lines become sections, paragraphs, captions and notes. Pure functions."""
