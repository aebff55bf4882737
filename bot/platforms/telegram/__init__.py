"""Telegram: one file for each task that a platform has."""
