"""Every command once: parse, permission, answer. The platforms only translate updates into a `CommandRequest` and
documents back.

command_table.py        the table of commands: who may use each, where, and which function answers
command_dispatcher.py   rejects duplicate, excess, forbidden and unknown commands; calls the function of the others
job_queue.py            papers analysed on demand: one job a paper, however many ask
the rest                the functions, by subject
"""
