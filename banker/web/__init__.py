"""The people: pages, the JSON API, and who may do what."""
