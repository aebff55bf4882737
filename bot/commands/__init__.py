"""Every command once: parse, permission, answer. The chat apps only translate updates into a `Call` and Documents back.

call.py    what a command gets and gives
table.py   the table of commands: who may use each, where, and which function answers
desk.py    takes a call: twice-delivered, too many, not allowed, unknown; then hands it to its function
jobs.py    papers analysed on demand: one job a paper, however many ask
the rest   the functions, by subject
"""
