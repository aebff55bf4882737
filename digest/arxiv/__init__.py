"""What arXiv is asked, and how politely."""
