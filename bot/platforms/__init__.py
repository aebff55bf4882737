"""One folder a chat platform, with the same files in each; `registry.py` lists them."""
