"""Sends videos and what goes with them to a place where people can see them."""
