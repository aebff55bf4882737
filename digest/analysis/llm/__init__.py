"""The analyst with language models: prompts, model clients, budgets, response parsing."""
