"""The words of this project as frozen dataclasses. Imports nothing else of ours."""
