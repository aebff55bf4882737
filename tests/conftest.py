"""What holds for every test."""

from hypothesis import settings

# The verdict is the same on a slow machine and on a second run: an example may take its time, and each run tries the
# same ones. Others are looked for with `pytest --hypothesis-profile=default`.
settings.load_profile("ci")
