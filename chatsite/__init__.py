"""The site: what ties the apps together, and nothing of chat itself."""
