"""Rules about what a selection selects: nothing, everything, or what the region allows."""
