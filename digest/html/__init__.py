"""arXiv's HTML page of a paper -> `PaperText`, read in the same guarded child as a PDF."""
