/** What a screen reader says by itself of messages that come: as much as the person wishes. */
import { _ } from "../core/index.js";
import { names } from "../core/messages.js";
import { isTold } from "../core/notify.js";
import { wish } from "./wishes.js";
import { gist } from "./words_files.js";

/** How much of a message is spoken. */
const SPOKEN = 200;

/**
 * A message of somebody else came: in the open room it is said, of another only that it names one.
 * @param {View.Page} page @param {any} room @param {any} message
 */
export function speakOf(page, room, message) {
  const speech = wish("speech");
  if (!message || speech === "none") return;
  const here = room.id === page.room?.id;
  const named = names(message, page.me.id);
  if (here ? speech === "mentions" && !named : !named || !isTold(room, message, page.me.id)) return;
  const name = page.person(message.by)?.display_name ?? _("Someone");
  page.announcer.message(() =>
    here
      ? _("{name}: {text}", { name, text: gist(message, SPOKEN) })
      : _("{name} names you in {room}", { name, room: page.titleOf(room) }),
  );
}
