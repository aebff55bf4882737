"""Made-up papers, PDFs, digests and documents for tests."""
