/** The page's sentences about messages and what is done with them. */
import { _, listOf, ngettext } from "../core/index.js";

export const says = Object.freeze({
  actions: _("Actions"),
  react: _("React"),
  addReaction: _("Add a reaction"),
  reply: _("Reply"),
  replyInThread: _("Reply in this thread"),
  thread: _("Show the thread"),
  edit: _("Edit"),
  remove: _("Delete"),
  copyText: _("Copy text"),
  copyLink: _("Copy link"),
  unread: _("Mark unread from here"),
  seen: _("Who has seen this"),
  pin: _("Pin"),
  unpin: _("Unpin"),
  pinned: _("Pinned"),
  copied: _("Copied"),
  linkCopied: _("The link is copied"),
  report: _("Report"),
  notCopied: _("This browser does not let the page copy. Mark the text and copy it yourself"),
  deleted: _("Deleted."),
  undo: _("Undo"),
  gone: _("Deleted"),
  originalDeleted: _("The original was deleted"),
  toOriginal: _("To the original:"),
  originalFar: _("An earlier message"),
  originalMissing: _("That message is not there any more, or it is not open to you"),
  back: _("Back to where you were"),
  latest: _("Latest"),
  toUnread: _("To the first unread message"),
  allRead: _("Everything in this room is marked as read"),
  markedUnread: _("Marked as unread, for you alone"),
  editing: _("Text of the message"),
  save: _("Save"),
  cancel: _("Cancel"),
  emptyEdit: _("Write something, or delete the message."),
  tooLong: _("The text is too long."),
  draftKept: _("Draft kept"),
  emoji: _("Emoji"),
  mention: _("Mention somebody"),
  format: _("Format (Aa)"),
  formatSign: _("Aa"),
  emojiSearch: _("Search emoji"),
  emojiRecent: _("Used before"),
  emojiNone: _("No emoji of that name."),
  stopReplying: _("Do not reply"),
  threadTitle: _("Thread"),
  threadEmpty: _("Nobody has replied yet."),
  threadLooking: _("Looking for replies"),
  threadFurther: _("Look further"),
  jumpTitle: _("Go to a date"),
  jumpDate: _("Date"),
  jumpGo: _("Go"),
  jumpFirst: _("The first message"),
  delivered: _("Delivered, not seen"),
  undelivered: _("Not delivered yet"),
  everyoneHasIt: _("Nobody else is in the room."),
  looking: _("Looking"),
  away: _("Away"),
  filter: _("Search people"),
  new: _("New"),
  newMessages: _("New messages"),
  older: _("Older messages are on the way"),
  someone: _("Someone"),
  you: _("You"),
  bot: _("bot"),
  edited: _("(edited)"),
  tryAgain: _("Try again"),
  send: _("Send"),
  showThem: _("Show them"),
  readOnly: _("Only owners and moderators write here."),
  mayNotWrite: _("Your role may not write in this room."),
  closed: _("This room is closed. It can be read, and nobody can write in it."),
  unsent: _("What you had written"),
  notKept: _("It could not be kept on this device. Try again."),
  copyCode: _("Copy code"),
  code: _("Code"),
  completions: _("Completions"),
  everyone: _("Everyone in this room"),
});

/** "Replying to Ines". @param {string} name */
export const replyingTo = (name) => _("Replying to {name}", { name });

/** @param {number} n */
export const replies = (n) => ngettext("{n} reply", "{n} replies", n);

/** @param {string} when written out */
export const editedAt = (when) => _("Edited {when}", { when });

/** @param {number} n @param {number} total */
export const ofAll = (n, total) => _("{n} of {total}", { n, total });

/** @param {number} n */
export const seenBy = (n) => _("Seen by {n}", { n });

/** Who reacted: "Ines, Tomas and you". At most ten are named. @param {string[]} names @param {boolean} me */
export function reacted(names, me) {
  const all = [...names, ...(me ? [_("you")] : [])];
  const more = all.length - NAMED;
  return listOf(more > 0 ? [...all.slice(0, NAMED), ngettext("{n} more", "{n} more", more)] : all);
}

const NAMED = 10;

/** @param {number} n kinds of emoji */
export const moreKinds = (n) => ngettext("{n} more reaction", "{n} more reactions", n);

/** The label of a message's row. @param {string} name @param {string} time @param {boolean} forMe */
export const rowLabel = (name, time, forMe) =>
  forMe ? _("{name}, {time}, names you", { name, time }) : _("{name}, {time}", { name, time });

/** The label of the list. @param {string} room */
export const messagesIn = (room) => _("Messages in {room}", { room });

/** @param {number} n */
export const latestNew = (n) => ngettext("Latest, {n} new", "Latest, {n} new", n);

/** Beside the "New" chip. @param {number} n @param {string | null} time since when */
export const newSince = (n, time) => (time === null ? String(n) : _("{n} since {time}", { n, time }));

/** Why one's own message was not sent. @param {string} reason */
export const notSent = (reason) => _("Not sent. {reason}", { reason });

/** @param {number} n */
export const notLoaded = (n) => ngettext("{n} message is not loaded", "{n} messages are not loaded", n);

/** @param {number} n */
export const onTheWay = (n) => ngettext("{n} more is on the way", "{n} more are on the way", n);

/** The message field. @param {string} room */
export const writeTo = (room) => _("Message {room}", { room });

/** @param {number} n bytes */
export const bytesLeft = (n) => ngettext("{n} left", "{n} left", n);

/** @param {number} n bytes */
export const tooMany = (n) => ngettext("{n} too many", "{n} too many", n);

/** @param {number} n */
export const people = (n) => ngettext("{n} person", "{n} people", n);

/** Deleted here, and how to have it back. */
export const deletedUndo = () => _("Deleted. Ctrl Z brings it back");

/** A button of the toolbar. @param {string} emoji */
export const reactWith = (emoji) => _("React: {emoji}", { emoji });

/** @param {string} language */
export const codeIn = (language) => _("Code, {language}", { language });

/** @param {number} n */
export const tells = (n) => ngettext("tells {n} person", "tells {n} people", n);
