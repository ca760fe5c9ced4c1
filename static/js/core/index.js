/**
 * The page's core: everything about chat that needs no DOM (`markdown.js` alone needs a `document`).
 *
 * The view imports from here and nowhere else:
 *
 *     const chat = await createChat({ me });
 *     chat.start();
 *     const room = await chat.openRoom(id);
 *     room.addEventListener("change", () => draw(room.items()));
 *
 * ## Events
 * Every object below is an EventTarget with one event, `change` (a plain Event; read the object again). Changes are
 * gathered: at most one `change` an object and microtask. `chat` itself has these `CustomEvent`s too:
 *
 * - `message` `{room, message, mine, live}`: a message entered a room's log; `live` is false while catching up.
 * - `failed` `{outgoing}`: one's own message was refused for good.
 * - `announcement` `{text, level, until}`: from the site's administrators.
 * - `connected` `null`: a connection is open, the first or another.
 * - `unreached` `null`: the server could not be reached, and has not been since the start.
 * - `draft` `{room}`: another tab has kept a draft of that room, or sent it.
 * - `revoked` `{room, reason}`: one isn't in that room any more.
 * - `wishes`: how the person wants to be told was changed on another device.
 * - `room` `{room}`: its members, settings, rights, bans, invites or reports may be others now; null: those of any room.
 *
 * ## Chat (`createChat(options)` answers a promise of it; options are `Core.ChatOptions`)
 * | member | what |
 * |---|---|
 * | `me` | `Wire.User` |
 * | `line` | `LineState`: `.value` is a `Core.Line` (line below the composer, banner); `.tryNow()` |
 * | `rooms` | `Rooms`: `.list()` all `Room`s in a steady order (name, then id), `.get(id)`, `.totals()` `{unread, mentions}`, `.loaded`, `.recalled` (known from the last time only, see `last-state.js`) |
 * | `people` | `People`: `.get(id)` `Wire.User` or undefined (then it is being fetched), `.byUsername(name)`, `.all()`, `.presence(id)` "online", "away" or "offline", `.namesVersion` grows when a name becomes known |
 * | `outbox` | `Outbox`: `.list(room?)` `Core.OutgoingView[]`, `.waiting`, `.failed` (counts), `.durable` |
 * | `drafts` | `Drafts`: `.load(room)`, `.save(room, text, replyTo?, files?)` (kept within 300 ms; `files` are ids of uploads), `.clear(room)`, `.flush()`, `.has(room)` |
 * | `start()`, `stop()` | connect; let go of everything |
 * | `openRoom(id)` | promise of the `Room`, at once with what is known; its newest page, members and receipts come by `change` (`opened`). Rejects with `ChatError` "not_found". One room at a time is open |
 * | `closeRoom(id)` | the person left that view (the room stays subscribed, its older events may be forgotten) |
 * | `send(room, text, {replyTo, attachments})` | promise of `Core.OutgoingView`, resolved once it is stored *here*; only then clear the composer. Text of only spaces without files: rejected with `ChatError` "bad_request" |
 * | `openUploads(limits)` | promise of `Uploads`, files on their way to the server: `.add(room, files, place)` answers those refused, `.list(place)` `Core.Upload[]`, `.ready(place)`, `.restore(room, ids)`, `.setAside(id)`, `.putBack(id)`, `.remove(id)`, `.retry(id)`, `.describe(id, alt)`, `.sent(ids)` |
 * | `retry(clientId)`, `editOutgoing(clientId, text)`, `discard(clientId)` | the ways out of "failed" (discard: also of a message that never left) |
 * | `loadOlder(room)` | promise of whether there is more; call it two screens before the top; parallel calls share one request |
 * | `lookInto(room)` | brings the newest events of a room that is not open, for what was said last |
 * | `loadHole(room, from, to, end?)` | fills (a page of) a hole from its "newer" (the default) or "older" end; a hole above the cursor from its older end |
 * | `keepAround(room, seq)` | lets go of what is far from what is being read, so that long scrolling costs no memory; what comes back is a hole until then |
 * | `messageAt(room, seq)`, `messagesAfter(room, seq, limit)` | promises of messages in their present state, wherever they are; they do not enter the room's log |
 * | `loadAround(room, seq)` | makes the surroundings of a message known (a jump to an original) |
 * | `markRead(room, seq)` | moves the read watermark forward; sent at most once a second |
 * | `markUnread(room, seq)` | a private mark on this device, in all its tabs; null takes it away; `markers.get(room)` tells it |
 * | `typing(room, on)` | call on each key; sent seldom |
 * | `findPeople(name)` | looks up people whose name has this in it; `people.all()` has them then |
 * | `noteNewVersion()` | the view has learnt that the server runs a newer page: the line then says so |
 * | `setPresence("online" or "away")` | whether the person is at the page; told again to each new connection |
 * | `editMessage(room, seq, text)`, `deleteMessage(room, seq)`, `react(room, seq, emoji, on)` | promises; reject with `ChatError` |
 * | `createRoom({name, kind, topic})`, `openDirect(userIds)`, `joinRoom(id)`, `leaveRoom(id)`, `discoverRooms(q)` (some of those one may join, and whether there are more), `joinableRoom(id)`, `addMember(room, user, role?)`, `removeMember(room, user)`, `changeRoom(room, {name, topic})`, `archiveRoom(room)`, `markRoom(room, {favourite, muted, notify})` | REST; promises; reject with `ChatError` |
 * | `receiptsOf(room, seq)` | promise of `{members: [{user, delivered_at?, read_at?}]}` for "Who has seen this" |
 *
 * ## Room
 * | member | what |
 * |---|---|
 * | `id`, `kind`, `name`, `topic`, `archived`, `myRole`, `favourite`, `muted`, `notify` | as in `Wire.Room` |
 * | `title(me, people)` | name, or the other people's names in a direct room |
 * | `members` | `Map<user id, Wire.Member>`; empty until opened (presence: `people.presence`) |
 * | `people` | user ids of a direct room, known without opening it |
 * | `items()` | `Core.Item[]`, top to bottom; the same array until something changed |
 * | `message(seq)` | `Core.Message` or undefined when it is not loaded |
 * | `covers(seq)`, `replies(seq)` | whether the log is here at that place; how many of the messages here reply to that one |
 * | `settings` | what the room's owners decide |
 * | `hasOlder`, `loadingOlder`, `opened` | history above the first item; whether a first page is there |
 * | `head`, `cursor`, `minSeq` | newest `seq` known of, newest applied in order, first visible |
 * | `behind` | events known of and not here yet |
 * | `unread`, `mentions` | counts; `settled` is false while catching up |
 * | `readSeq` | one's own read watermark: the new line stands after it |
 * | `ledger(seq)` | `Core.Ledger` for one's own message |
 * | `seenBy(seq)` | `{read: ids, delivered: ids, none: ids}` for the popover, from live watermarks |
 * | `typing` | user ids writing now, without oneself |
 *
 * ## Functions
 * `renderMarkdown(text, {mention})` → DocumentFragment (see markdown.js); `plainText(text, limit)` → one line for previews
 * and speech; `formatTime`, `formatDay`, `formatFull`, `sameDay`, `startsRun(previous, message)`, `dayKey` (time.js);
 * `_`, `ngettext`, `listOf`, `numberWords`, `locale`: the page's words (i18n.js);
 * `ChatError` (`code`, `message`, `retryable`, `retryAfterMs`, `field`).
 */
export { createChat } from "./chat.js";
export { _, listOf, locale, ngettext, numberWords } from "./i18n.js";
export { ChatError } from "./errors.js";
export { renderMarkdown, plainText } from "./markdown.js";
export { formatTime, formatDay, formatFull, sameDay, dayKey, startsRun } from "./time.js";
