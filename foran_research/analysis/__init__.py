"""Pure analysis of coded segments: incidence and networks."""
