"""`broadsheet doctor`: everything that can be wrong, each with what to do.

advice.toml   every fault that it knows, in words, with what mends it
findings.py   what was looked at and how it is
checks.py     the order in which things are looked at; what needs another is left out where that one is at fault
machine.py    configuration, environment, database, disk, clock, cluster
arxiv.py  telegram.py  slack.py  model.py  reading.py
live.py       `--live CHAT`: one message sent, changed, found and removed, and what the platform does not document
"""
