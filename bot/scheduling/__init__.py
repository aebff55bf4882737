"""When an edition's digest is made: due times, catching up, backfill, weekly trends."""
