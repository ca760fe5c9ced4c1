"""The servers that Parley is measured against."""
