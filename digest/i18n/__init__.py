"""Texts that people read, Chinese and English, and the translator that looks them up."""
