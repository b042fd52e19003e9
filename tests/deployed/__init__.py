"""The templates, deployed to the local AWS: what exists afterwards, and what an update does."""
