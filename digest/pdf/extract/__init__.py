"""What stands on a page. PyMuPDF is imported in mupdf.py only."""
