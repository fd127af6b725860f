"""What the codes mean: codes, versions, changes, cues."""
