"""What every chat platform shares: the message sender, rate limiter, requests and replies. Imports no platform."""
