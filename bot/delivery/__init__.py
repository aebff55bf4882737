"""The outbox: a digest becomes messages, and each message reaches its chat exactly once."""
