"""How the person who runs the bot is told and asked: findings with their advice, and questions.

The doctor, the set-up and the platforms share it.
"""
