"""What holds for every test."""

import os

from hypothesis import settings

# Nothing is asked through a proxy, and nobody's secrets or configuration are met: all servers are fakes, right here.
_FOREIGN = ("_PROXY", "_TOKEN", "_KEY")
for name in [n for n in os.environ if n.upper().endswith(_FOREIGN) or n.startswith("BROADSHEET")]:
    if name != "BROADSHEET_GOLDEN":  # read by tests.builders.golden
        del os.environ[name]

# The verdict is the same on a slow machine and on a second run: an example may take its time, and each run tries the
# same ones. Others are looked for with `pytest --hypothesis-profile=default`.
settings.load_profile("ci")
