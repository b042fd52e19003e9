"""Does a parent fit the template that it nests."""
