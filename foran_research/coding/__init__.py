"""Who said that this passage is about that: events, segments, migration."""
