/** A picture at its full size, over everything; the arrows go through all pictures of the room that are here. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { icon } from "./icons.js";
import { download } from "./words_files.js";

/** What browsers draw themselves; of other kinds, and of huge ones, the preview is shown. */
const DRAWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
const MOST_BYTES = 30 * 2 ** 20;

const says = {
  previous: _("Previous picture"),
  next: _("Next picture"),
  close: _("Close"),
  gone: _("This picture is not there any more."),
};

export class Lightbox extends Dialog {
  /** Pictures that did not come. @type {Set<string>} */
  #broken = new Set();

  /**
   * @param {View.Page} page @param {string} id of the file
   * @param {() => Wire.Attachment[]} [among] which pictures there are to go through, if not those of the messages
   */
  constructor(page, id, among) {
    super(page);
    this.room = page.room;
    this.id = id;
    this.among = among;
  }

  /** All pictures, oldest first. @returns {Wire.Attachment[]} */
  #all() {
    const { acts, previews, room } = this.page;
    if (room !== this.room || !room) return [];
    if (this.among) return this.among().filter((file) => previews.has(file));
    return room
      .items()
      .filter(
        (/** @type {any} */ item) => item.type === "message" && !item.message.deleted && !acts.isRemoved(item.seq),
      )
      .flatMap((/** @type {any} */ item) => item.message.attachments)
      .filter((/** @type {Wire.Attachment} */ file) => previews.has(file));
  }

  /** @param {number} step */
  #go(step) {
    const all = this.#all();
    const here = all.findIndex(({ id }) => id === this.id);
    const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
    if (!next) return;
    this.id = next.id;
    this.redraw();
  }

  #keys = (/** @type {KeyboardEvent} */ event) => {
    const forward = document.dir === "rtl" ? -1 : 1;
    const steps = /** @type {Record<string, number>} */ ({
      ArrowRight: forward,
      ArrowLeft: -forward,
      Home: -Infinity,
      End: Infinity,
    });
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#go(step);
  };

  /** @override */
  render() {
    const all = this.#all();
    const at = all.findIndex(({ id }) => id === this.id);
    const file = all[at];
    // Deleted meanwhile, or one is not in the room any more.
    if (!file) {
      queueMicrotask(this.close);
      return html``;
    }
    const place = _("{n} of {total}", { n: at + 1, total: all.length });
    const inside = html`<div class="lightbox__in" tabindex="-1" autofocus @keydown=${this.#keys}>
      <header class="lightbox__head">
        <p class="cut" role="status"><b dir="auto">${file.name}</b>${all.length > 1 ? html` <span>${place}</span>` : nothing}</p>
        <a class="icon" href=${file.url} download=${file.name} aria-label=${_("Download {name}", { name: file.name })} title=${download}>
          ${icon("download")}
        </a>
        <button class="icon" type="button" aria-label=${says.close} title=${says.close} @click=${this.close}>${icon("x")}</button>
      </header>
      <div class="lightbox__stage" @click=${this.#beside}>
        ${this.#picture(file)} ${this.#arrow("back", says.previous, -1, at > 0)} ${this.#arrow("on", says.next, 1, at < all.length - 1)}
      </div>
      <p class="lightbox__alt" dir="auto">${file.alt ?? ""}</p>
    </div>`;
    return this.frame(inside, { name: "lightbox", label: file.alt || file.name });
  }

  /** The preview stands there at once, the picture itself over it when it has come. @param {Wire.Attachment} file */
  #picture(file) {
    if (this.#broken.has(file.id)) return html`<p class="lightbox__gone">${says.gone}</p>`;
    const whole = DRAWN.has(file.type) && file.size <= MOST_BYTES;
    const broken = () => {
      this.#broken.add(file.id);
      this.redraw();
    };
    const preview = html`<img
      src=${this.page.previews.url(file) ?? ""}
      width=${file.width ?? nothing}
      height=${file.height ?? nothing}
      alt=${whole ? "" : file.alt || file.name}
    />`;
    if (!whole) return preview;
    return html`${preview}<img
        src=${file.url}
        width=${file.width ?? nothing}
        height=${file.height ?? nothing}
        alt=${file.alt || file.name}
        @error=${broken}
      />`;
  }

  /** @param {string} way @param {string} words @param {number} step @param {boolean} can */
  #arrow(way, words, step, can) {
    if (!can) return nothing;
    return html`<button class="lightbox__go" type="button" data-way=${way} aria-label=${words} title=${words} @click=${() => this.#go(step)}>
      ${icon("chevron-left")}
    </button>`;
  }

  /** A press beside the picture closes. @param {MouseEvent} event */
  #beside = (event) => {
    if (event.target === event.currentTarget) this.close();
  };
}

/** @param {View.Page} page @param {string} id of the file @param {() => Wire.Attachment[]} [among] */
export const openLightbox = (page, id, among) => new Lightbox(page, id, among).show();
