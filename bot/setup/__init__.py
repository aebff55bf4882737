"""`broadsheet init`: a few questions, and a working `config.toml` and `.env`.

questions.py   the questions in their order, and what each answer becomes
chats.py       Telegram and Slack: tokens tried, chats found, rights checked
trial.py       keywords held against the newest papers; a model asked about a made-up paper
files.py       the answers -> both files, comments and all else kept
talk.py        how a person is asked, or nobody is

Nothing is written before the last answer.
"""
