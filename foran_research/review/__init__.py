"""Review packs: what a municipality reads and answers at a workshop, in one HTML file, and the answers that come back."""
