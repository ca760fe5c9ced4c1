"""Every limit of the product, by name. Each can be set in the environment as `LIMIT_<NAME>`.

Defaults are those of the protocol (`docs/protocol.md`) where it names one.
"""

from chatsite import env

env.section("Limits")

MESSAGE_SEND = env.rate(
    "LIMIT_MESSAGE_SEND", default="10/s+40", help="Messages that a person may send, over all devices."
)
COMMANDS = env.rate(
    "LIMIT_COMMANDS",
    default="30/s+90",
    help="Other commands of a person on the socket, and changes over HTTP.",
)
INVITE_TRIES = env.rate(
    "LIMIT_INVITE_TRIES", default="10/m+20", help="Invite codes that a person may try, right or wrong."
)
SEARCHES = env.rate("LIMIT_SEARCHES", default="4/s+40", help="Searches for messages of a person.")
SEARCH_SECONDS = env.number(
    "LIMIT_SEARCH_SECONDS",
    default=3.0,
    low=0.1,
    help="Seconds that one search for messages may take; what takes longer is answered `overloaded`.",
)
TEXT_BYTES = env.integer("LIMIT_TEXT_BYTES", default=16_384, low=1, help="Bytes of UTF-8 in a message.")
FILE_BYTES = env.integer(
    "LIMIT_FILE_BYTES", default=50 * 2**20, low=1, help="Bytes in one file that somebody attaches."
)
MESSAGE_FILES = env.integer("LIMIT_MESSAGE_FILES", default=10, low=1, help="Files that one message carries.")
UNSENT_FILES = env.integer(
    "LIMIT_UNSENT_FILES", default=100, low=1, help="Files of one person that wait for a message."
)
LARGE_ROOM = env.integer(
    "LIMIT_LARGE_ROOM",
    default=50,
    low=1,
    help="Members above which a room is large: it hears summaries of receipts and nothing of presence.",
)
REACTION_KINDS = env.integer(
    "LIMIT_REACTION_KINDS", default=50, low=1, help="Kinds of emoji that one message takes."
)
PINS = env.integer("LIMIT_PINS", default=50, low=1, help="Messages that a room keeps pinned.")
FRAME_BYTES = env.integer(
    "LIMIT_FRAME_BYTES", default=65_536, low=1024, help="Bytes in one frame that a client sends."
)
FRAME_FRAGMENTS = env.integer(
    "LIMIT_FRAME_FRAGMENTS", default=64, low=1, help="Fragments that one frame may come in."
)
PRESENCE_SECONDS = env.number(
    "LIMIT_PRESENCE_SECONDS",
    default=60.0,
    low=1.0,
    help="Seconds after which somebody whose server crashed no longer counts as there, at the latest.",
)
PRESENCE_GRACE_SECONDS = env.number(
    "LIMIT_PRESENCE_GRACE_SECONDS",
    default=10.0,
    low=0,
    help="Seconds without a connection after which somebody is offline: a reload shows nothing.",
)
TYPING_MS = env.integer(
    "LIMIT_TYPING_MS",
    default=5000,
    low=100,
    help="Milliseconds after which somebody no longer counts as writing, unless they go on.",
)
SUBSCRIBE_ROOMS = env.integer(
    "LIMIT_SUBSCRIBE_ROOMS", default=1000, low=1, help="Rooms that one `subscribe` may name."
)
HEARTBEAT_MS = env.integer(
    "LIMIT_HEARTBEAT_MS", default=20_000, low=100, help="Milliseconds from one heartbeat to the next."
)
SEND_QUEUE_BYTES = env.integer(
    "LIMIT_SEND_QUEUE_BYTES",
    default=4_194_304,
    low=131_072,
    help="Bytes that may wait for one socket before it is cut as too slow.",
)
SOCKETS_PER_USER = env.integer(
    "LIMIT_SOCKETS_PER_USER", default=50, low=1, help="Open sockets of one person, over all servers."
)
SOCKETS_PER_ADDRESS = env.integer(
    "LIMIT_SOCKETS_PER_ADDRESS",
    default=500,
    low=1,
    help="Open sockets of one address (of IPv6: one /64), over all servers.",
)
TICKET_SECONDS = env.integer(
    "LIMIT_TICKET_SECONDS", default=30, low=1, help="Seconds within which a one-use ticket opens a socket."
)
UPGRADE_SECONDS = env.number(
    "LIMIT_UPGRADE_SECONDS",
    default=10.0,
    low=0.1,
    help="Seconds within which a connection must have sent its request, and a socket be let in.",
)
BROKEN_FRAMES = env.integer(
    "LIMIT_BROKEN_FRAMES", default=100, low=1, help="Broken frames a minute after which a socket is closed."
)
REFUSED_COMMANDS = env.integer(
    "LIMIT_REFUSED_COMMANDS",
    default=2000,
    low=1,
    help="Refused commands a minute after which a socket is closed.",
)
WRITER_QUEUE = env.integer(
    "LIMIT_WRITER_QUEUE", default=10_000, low=1, help="Messages that may wait for the database in one server."
)
WRITER_BATCH = env.integer(
    "LIMIT_WRITER_BATCH", default=512, low=1, help="Messages that are stored in one transaction at most."
)
WRITER_SECONDS = env.number(
    "LIMIT_WRITER_SECONDS",
    default=1.8,
    low=0.1,
    help="Seconds after which a send that is not stored is answered `overloaded`.",
)
COMMAND_SECONDS = env.number(
    "LIMIT_COMMAND_SECONDS",
    default=5.0,
    low=0.1,
    help="Seconds after which any other command is answered `overloaded`.",
)
RECHECK_SECONDS = env.number(
    "LIMIT_RECHECK_SECONDS",
    default=60.0,
    low=0.1,
    help="Seconds after which an ended session or token closes its sockets at the latest, whatever was not heard.",
)
DRAIN_SECONDS = env.number(
    "LIMIT_DRAIN_SECONDS",
    default=10.0,
    low=0,
    help="Seconds over which a stopping server closes its sockets.",
)
