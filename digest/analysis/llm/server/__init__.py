"""What is known of model servers: their errors, habits, streams and pace."""
