/**
 * Shapes only, no code. `Wire` is what travels (protocol chat.v1 and the REST mirror), `Core` is what the page reads.
 * Both namespaces are global, so that modules need no import for a type.
 */

declare namespace Wire {
  type Id = string;

  /** What came as JSON and has no type of its own. */
  // biome-ignore lint/suspicious/noExplicitAny: its shape depends on what it came with
  type Json = any;

  interface User {
    id: Id;
    username: string;
    display_name: string;
    avatar: string | null;
    kind: "person" | "bot";
  }

  interface Room {
    id: Id;
    kind: "public" | "private" | "direct";
    name: string;
    topic: string;
    epoch: string | number;
    head: number;
    min_seq: number;
    archived: boolean;
    my_role: Role | null;
    my_rights?: string[];
    /** `seq` of the pinned messages, the newest pin first. */
    pins?: number[];
    settings: Record<string, unknown>;
    unread?: number;
    /** How one keeps it in one's own list; null outside. */
    my_marks?: Marks | null;
    /** Only in direct rooms: whose room it is. */
    people?: Id[];
  }

  interface Marks {
    favourite: boolean;
    muted: boolean;
    notify?: Level;
  }

  type Level = "everything" | "mentions" | "nothing";

  /** How one is told of messages when one does not look. */
  interface Notifications {
    push: boolean;
    show_text: boolean;
    email: boolean;
    /** Empty: there is none that is confirmed. */
    email_address: string;
    /** As in 22:00-07:00; empty: none. To the server `site` means the site's. */
    quiet_hours: string;
    quiet_hours_are_the_sites: boolean;
    push_key: string;
  }

  type Role = "owner" | "moderator" | "member" | "guest";

  interface Member {
    user: Id;
    role: Role;
    joined_seq: number;
    muted_until?: string | null;
    /** Told to them and to those who may mute. */
    mute_reason?: string;
  }

  /** One entry of a room's log. `by` and `client_id` are missing in a tombstone. */
  interface Event {
    room: Id;
    epoch: string | number;
    seq: number;
    kind: string;
    by?: Id;
    at: string;
    client_id?: string;
    data: Record<string, Wire.Json>;
  }

  /** A file of a message, or one that a message may name. */
  interface Attachment {
    id: Id;
    name: string;
    /** What the server found it to be. */
    type: string;
    size: number;
    url: string;
    alt?: string;
    /** Of pictures. */
    width?: number;
    height?: number;
    preview_url?: string;
  }

  /** A file of a room, and the message that it came with. */
  interface RoomFile extends Attachment {
    seq: number;
    by: Id;
    at: string;
  }

  interface Receipt {
    user: Id;
    delivered: number;
    read: number;
  }

  interface SubscribedRoom {
    room: Id;
    epoch: string | number;
    head: number;
    min_seq: number;
    recovered: boolean;
    delivered: number;
    read: number;
    unread: number;
    mentions: number;
    present?: { user: Id; state: "online" | "away" }[];
    receipts?: Receipt[];
    error?: { code: string; message: string };
  }

  /** Any frame; fields depend on `type`. */
  interface Frame {
    type: string;
    id?: string | number;
    [field: string]: Wire.Json;
  }

  /** The error shape of socket and REST alike. */
  interface ErrorBody {
    code: string;
    message: string;
    retryable: boolean;
    retry_after_ms?: number;
    field?: string;
    room?: Id;
  }
}

declare namespace Core {
  type Cancel = () => void;

  /** Time, chance and the browser's signals, injectable so that tests own them. */
  interface Clock {
    /** Milliseconds since 1970. */
    now(): number;
    /** Runs `run` once after `ms`; the answer cancels it. */
    after(ms: number, run: () => void): Cancel;
    /** 0 <= n < 1. */
    random(): number;
  }

  interface Signals {
    isOnline(): boolean;
    isVisible(): boolean;
    /** Calls `run` on every `online`, `offline` and `visible`; the answer stops it. */
    listen(run: (signal: "online" | "offline" | "visible") => void): Cancel;
  }

  /** The part of the browser's WebSocket that we use. */
  interface SocketLike {
    onopen: ((event: Wire.Json) => void) | null;
    onmessage: ((event: Wire.Json) => void) | null;
    onclose: ((event: Wire.Json) => void) | null;
    onerror: ((event: Wire.Json) => void) | null;
    send(data: string): void;
    close(code?: number, reason?: string): void;
  }

  /** Keeps the outbox and drafts of one person. `n` is the total order over all tabs. */
  interface Storage {
    readonly durable: boolean;
    addOutgoing(entry: NewOutgoing): Promise<number>;
    allOutgoing(): Promise<Outgoing[]>;
    getOutgoing(clientId: string): Promise<Outgoing | undefined>;
    /** Writes only if the entry is still there with the same `client_id`; tells whether it was. */
    updateOutgoing(clientId: string, change: Partial<Outgoing>): Promise<boolean>;
    removeOutgoing(clientId: string): Promise<void>;
    getDraft(room: Wire.Id): Promise<Draft | undefined>;
    putDraft(draft: Draft): Promise<void>;
    removeDraft(room: Wire.Id): Promise<void>;
    draftRooms(): Promise<Wire.Id[]>;
  }

  interface Draft {
    room: Wire.Id;
    text: string;
    reply_to: number | null;
    /** Ids of uploads; drafts of earlier pages have none. */
    files?: string[];
    at: number;
  }

  /** A file of a draft, as it is kept. `file` is there until the server has it. */
  interface KeptFile {
    id: string;
    room: Wire.Id;
    name: string;
    type: string;
    size: number;
    alt: string;
    at: number;
    file: Blob | null;
    attachment: Wire.Attachment | null;
  }

  interface KeptFiles {
    get(id: string): Promise<KeptFile | undefined>;
    put(file: KeptFile): Promise<void>;
    remove(id: string): Promise<void>;
  }

  interface RefusedFile {
    name: string;
    why: "empty" | "large" | "many";
  }

  type UploadState = "waiting" | "sending" | "done" | "failed";

  /** What the page shows of a file of a draft. */
  interface Upload {
    id: string;
    name: string;
    type: string;
    size: number;
    alt: string;
    file: Blob | null;
    attachment: Wire.Attachment | null;
    state: UploadState;
    error: Wire.ErrorBody | null;
    /** Bytes of `size`. */
    sent: number;
    /** It waits for a connection. */
    stalled: boolean;
  }

  /** One text that outlives the page, or nothing where the browser keeps nothing. */
  interface Kept {
    get(): string | null;
    set(text: string): void;
  }

  /** Runs `work` while no other tab of this person runs under the same name. */
  type Locks = <T>(name: string, work: () => Promise<T>) => Promise<T>;

  /** Tells the person's other tabs; never delivers to the sender itself. */
  interface TabChannel {
    post(message: TabNews): void;
    listen(run: (message: TabNews) => void): Cancel;
    close(): void;
  }

  interface TabNews {
    /** "draft": another tab has written in this room; "marker": marked something as unread. */
    type: "outbox" | "draft" | "marker";
    room: Wire.Id;
    /** Another tab's message was acknowledged. */
    sent?: { client_id: string; seq: number };
  }

  interface NewOutgoing {
    client_id: string;
    room: Wire.Id;
    text: string;
    reply_to: number | null;
    /** Entries of earlier pages have none. */
    attachments?: Wire.Attachment[];
    /** Milliseconds since 1970, when the person pressed send. For display only, never for order. */
    at: number;
    state: "waiting" | "failed";
    /** Times it went onto a socket. 0 = certainly unknown to the server. */
    attempts: number;
    error: Wire.ErrorBody | null;
  }

  interface Outgoing extends NewOutgoing {
    n: number;
  }

  /** What the page shows of one's own message that is not in the log yet. */
  interface OutgoingView {
    n: number;
    client_id: string;
    room: Wire.Id;
    text: string;
    reply_to: number | null;
    attachments: Wire.Attachment[];
    at: number;
    state: "waiting" | "sent" | "failed";
    /** Only in state "failed". `code` is for the words, see `failureActions`. */
    error: Wire.ErrorBody | null;
    /** Ways out that make sense now, in the order to offer them. */
    actions: ("retry" | "edit" | "discard")[];
    /** Only in state "sent": the log position it got; its event is on the way. */
    seq: number | null;
  }

  interface Reaction {
    emoji: string;
    /** User ids in the order in which they reacted. */
    users: Wire.Id[];
  }

  /** A message as the server told it when its log stood at `at`: what earlier events say of it is in there. */
  interface Base {
    at: number;
    text: string;
    reactions: Reaction[];
  }

  interface Message {
    seq: number;
    by: Wire.Id;
    at: string;
    client_id: string | null;
    text: string;
    reply_to: number | null;
    mentions: Wire.Id[];
    /** It names all members. */
    everyone: boolean;
    attachments: Wire.Attachment[];
    edited_at: string | null;
    deleted: boolean;
    reactions: Reaction[];
  }

  /** A row of a room, top to bottom. `key` is stable: also when an outgoing message becomes its event. */
  type Item =
    | { type: "message"; key: string; seq: number; message: Message; mine: boolean }
    | {
        type: "notice";
        key: string;
        seq: number;
        kind: string;
        by: Wire.Id | null;
        at: string;
        data: Record<string, Wire.Json>;
      }
    | { type: "hole"; key: string; from: number; to: number; count: number; loading: boolean }
    | { type: "outgoing"; key: string; outgoing: OutgoingView };

  /** How far one's own message went. Counts are people, without oneself and bots. */
  interface Ledger {
    mark: "sent" | "delivered" | "read";
    /** False until the server has told how far the others are: then the mark is a lower bound. */
    told: boolean;
    delivered: number;
    read: number;
    total: number;
    /** False in large rooms, where the server tells sums only: counts are then at least these. */
    exact: boolean;
  }

  /** Plain facts; `describeLine` makes a `Line` of them. Times are ms since 1970, null = not so. */
  interface LineFacts {
    signedOut: boolean;
    /** False only if no frame has come since the browser said "offline". */
    browserOnline: boolean;
    /** Level with all known heads. */
    level: boolean;
    /** No open socket, or not subscribed on it yet. */
    disconnectedSince: number | null;
    behindSince: number | null;
    lastFrameAt: number;
    heartbeatMs: number;
    retryAt: number | null;
    done: number;
    total: number;
    waiting: number;
    failed: number;
    everOpen: boolean;
    emptiedAt: number | null;
    bannerUp: boolean;
    newVersion: boolean;
  }

  /** The line below the composer, and the banner above it. */
  interface Line {
    state:
      | "connecting"
      | "up-to-date"
      | "catching-up"
      | "reconnecting"
      | "offline"
      | "unreachable"
      | "signed-out"
      | "new-version";
    /** Grey the words: they were true a moment ago and are being checked. */
    stale: boolean;
    /** For "catching-up": events of the log, `done` of `total`. */
    done: number;
    total: number;
    /** One's own messages that wait here (all rooms), and those that were refused. */
    waiting: number;
    failed: number;
    /** Whole seconds to the next try; null when none is planned. */
    retryInS: number | null;
    /** Show the banner above the composer. */
    banner: boolean;
  }

  /** By role, then by right; `rules` are the room's own. */
  interface Rights {
    permissions: Record<string, Record<string, boolean>>;
    rules: Record<string, Record<string, boolean>>;
    /** What the site says. */
    below: Record<string, Record<string, boolean>>;
  }

  interface Ban {
    user: Wire.Id;
    by: Wire.Id;
    reason: string;
    at: string;
    until: string | null;
  }

  interface Invite {
    id: string;
    url?: string;
    role: Wire.Role;
    expires_at: string | null;
    max_uses: number | null;
    uses: number;
  }

  interface Report {
    id: number;
    seq: number;
    by: Wire.Id;
    about: Wire.Id;
    reason: string;
    at: string;
  }

  interface Export {
    id: string;
    state: "working" | "ready" | "failed";
    done: number;
    whole: number;
    made_at: string;
    url: string | null;
  }

  interface ChatOptions {
    me: Wire.User;
    /** "wss://host/ws/"; default from `location`. */
    socketUrl?: string;
    /** Default "/api/v1/". */
    apiUrl?: string;
    /** Reads the CSRF token for unsafe REST calls; default the `csrftoken` cookie, else `<meta name="csrf-token">`. */
    csrfToken?: () => string;
    storage?: Storage;
    locks?: Locks;
    tabs?: TabChannel;
    /** Where private marks are kept; default `localStorage`. */
    kept?: Kept;
    clock?: Clock;
    signals?: Signals;
    fetch?: typeof fetch;
    openSocket?: (url: string, protocol: string) => SocketLike;
  }
}
