"""Every document that says who may do what: of the role, and of the resources themselves."""
