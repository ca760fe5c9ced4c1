-- The tables of the Node peers: the least that the same promises need.
CREATE TABLE tokens (digest text PRIMARY KEY, user_id text NOT NULL);
CREATE TABLE rooms (id text PRIMARY KEY, head bigint NOT NULL DEFAULT 0);
CREATE TABLE members (room text NOT NULL, user_id text NOT NULL, PRIMARY KEY (room, user_id));
CREATE TABLE messages (
    room text NOT NULL,
    seq bigint NOT NULL,
    sender text NOT NULL,
    client_id uuid NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (room, seq),
    UNIQUE (room, sender, client_id)
);
