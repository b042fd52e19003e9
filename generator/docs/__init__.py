"""The pages, and the parts of pages, that are generated from the source."""
