"""The pages, and the parts of pages, that the source writes."""
