"""A guarded child process for each PDF."""
