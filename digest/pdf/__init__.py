"""A PDF becomes a PaperText: sandbox/ runs the child process, extract/ reads pages, structure/ finds sections."""
