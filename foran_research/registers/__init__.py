"""What people record beside their coding: maturity, measures, events and indicators, in files that are only added to."""
