"""Who is there: kept in Redis or in this process, told to those who share a room."""
