"""Every policy document: the role's, and those of resources."""
