"""Everything that has to hold of the generator and of what it generates."""
