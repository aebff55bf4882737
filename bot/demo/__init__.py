"""A demonstration that needs no network: made-up papers, their PDFs, and a small arXiv on loopback."""
