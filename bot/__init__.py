"""The edge: people, chats, the process. May import storage and digest."""
