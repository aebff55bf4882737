"""How a digest is made. Knows neither chat platforms nor SQL."""
