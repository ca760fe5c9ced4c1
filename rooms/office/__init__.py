"""The site's office about rooms: a room's page with its people and rights, and the site's table of rights."""
