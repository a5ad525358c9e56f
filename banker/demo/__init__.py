"""A sample house with living traffic, on loopback."""
