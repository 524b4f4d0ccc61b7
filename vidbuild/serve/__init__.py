"""The live page: watches specs, builds them after every edit, and serves a page that shows them."""
