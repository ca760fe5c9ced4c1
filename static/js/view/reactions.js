/** The reactions below a message: how many, whether one's own is among them, and who. */
import { html, nothing } from "lit";
import { icon } from "./icons.js";
import { moreKinds, reacted, says } from "./words_talk.js";

/** More kinds than this fold into "+3". */
const KINDS = 12;

/** @param {View.Page} page @param {any} message */
export function reactions(page, message) {
  if (!message.reactions.length) return nothing;
  const unfolded = page.list.unfolded.has(message.seq);
  const shown = unfolded ? message.reactions : message.reactions.slice(0, KINDS);
  const rest = message.reactions.length - shown.length;
  const can = page.acts.may("react", message);
  return html`<div class="reacts">
    ${shown.map((/** @type {any} */ one) => reaction(page, message.seq, one, can))}
    ${
      rest
        ? html`<button class="react" type="button" tabindex="-1" aria-label=${moreKinds(rest)} @click=${() => page.list.unfold(message.seq)}>+${rest}</button>`
        : nothing
    }
    ${
      can
        ? html`<button
          class="react react--add"
          type="button"
          tabindex="-1"
          aria-label=${says.addReaction}
          title=${says.addReaction}
          @click=${(/** @type {Event} */ event) => page.acts.run("react", message.seq, /** @type {HTMLElement} */ (event.currentTarget))}
        >
          ${icon("smile-plus", true)}
        </button>`
        : nothing
    }
  </div>`;
}

/** @param {View.Page} page @param {number} seq @param {{ emoji: string, users: string[] }} one @param {boolean} can */
function reaction(page, seq, { emoji, users }, can) {
  const me = users.includes(page.me.id);
  const others = users.filter((id) => id !== page.me.id).map((id) => page.person(id)?.display_name ?? "…");
  const who = reacted(others, me);
  return html`<button
    class="react"
    type="button"
    tabindex="-1"
    aria-pressed=${me ? "true" : "false"}
    aria-disabled=${can ? nothing : "true"}
    aria-label=${`${emoji} ${users.length}: ${who}`}
    title=${who}
    @click=${() => can && page.acts.react(seq, emoji)}
  >
    <span class="react__emoji">${emoji}</span>${users.length}
  </button>`;
}
