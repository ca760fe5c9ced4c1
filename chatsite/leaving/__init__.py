"""Taking along what one said, and going: exports of people and rooms, and the deletion of accounts."""
