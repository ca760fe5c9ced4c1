/** How one is told of messages: on this device, when not, and by mail. What is changed is kept at once. */
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { icon } from "./icons.js";

/** Where somebody switches quiet hours on without saying which. */
const NIGHT = "22:00-07:00";

/** @param {View.Page} page */
export function openNotify(page) {
  const dialog = new Notify(page);
  dialog.show();
  void dialog.load();
}

class Notify extends Dialog {
  /** @override */
  title = _("Notifications");
  /** The browser allows them, but they come only while the page is open. */
  openOnly = false;
  refused = false;
  /** @type {Promise<unknown>} */
  #changed = Promise.resolve();

  /** @param {View.Page} page */
  constructor(page) {
    super(page);
    /** @type {import("./desktop.js").Desktop | null} */
    this.desktop = null;
  }

  async load() {
    await this.run(async () => {
      const desktop = await this.page.desktop();
      await desktop.load();
      this.desktop = desktop;
    });
  }

  /** @override */
  body() {
    const wishes = this.desktop?.wishes;
    return html`${this.said()}${wishes ? html`${this.#device()}${this.#text(wishes)}${this.#quiet(wishes)}${this.#mail(wishes)}` : nothing}`;
  }

  #device() {
    return html`<section class="wish">
      <h3>${_("On this device")}</h3>
      ${this.#deviceWords()}
    </section>`;
  }

  #deviceWords() {
    const state = this.desktop?.state;
    if (state === "none") return html`<p>${_("This browser cannot show notifications from this address.")}</p>`;
    if (state === "blocked") {
      return html`<p class="notice">${icon("bell-off", true)}${_("This browser blocks notifications from here. Allow them in its settings for this address, then load the page again.")}</p>`;
    }
    if (state === "on") {
      return html`<p>${this.openOnly ? _("On, as long as this page is open in a tab: this browser reaches no service that would wake it.") : _("On. You are told here while you look elsewhere.")}</p>
        <button class="btn btn--s" type="button" @click=${() => this.run(async () => this.desktop?.switchOff())}>${_("Stop on this device")}</button>`;
    }
    return html`<p>${this.refused ? _("The browser did not allow it. Nothing has changed.") : _("You are told of new messages while you look elsewhere, even with this page closed.")}</p>
      <button class="btn btn--s btn--go" type="button" autofocus ?disabled=${this.busy} @click=${this.#switchOn}>${_("Notify on this device")}</button>`;
  }

  #switchOn = () =>
    this.run(async () => {
      const { allowed, pushed } = (await this.desktop?.switchOn()) ?? { allowed: false, pushed: false };
      this.refused = !allowed;
      this.openOnly = allowed && !pushed;
    });

  #text(/** @type {Wire.Notifications} */ { show_text: shown }) {
    return html`<section class="wish">
      ${this.#check("show-text", _("Show what was said"), shown, (on) => ({ show_text: on }))}
      <p class="hint">${_("Without it, notifications and mails only say who wrote and where.")}</p>
    </section>`;
  }

  #quiet(/** @type {Wire.Notifications} */ { quiet_hours: hours }) {
    const [from, to] = (hours || NIGHT).split("-");
    const time = (/** @type {string} */ id, /** @type {string} */ words, /** @type {string | undefined} */ value) =>
      html`<div class="field">
        <label for=${id}>${words}</label>
        <input class="input" type="time" id=${id} .value=${value ?? ""} required @change=${this.#setHours} />
      </div>`;
    return html`<section class="wish">
      ${this.#check("quiet", _("Quiet hours"), hours !== "", (on) => ({ quiet_hours: on ? NIGHT : "" }))}
      ${
        hours
          ? html`<div class="wish__hours">${time("quiet-from", _("From"), from)}${time("quiet-to", _("To"), to)}</div>`
          : html`<p class="hint">${_("A time of day in which nothing is shown or mailed.")}</p>`
      }
    </section>`;
  }

  #setHours = () => {
    const [from, to] = ["quiet-from", "quiet-to"].map(
      (id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).value,
    );
    if (from && to) this.#change({ quiet_hours: `${from}-${to}` });
  };

  #mail(/** @type {Wire.Notifications} */ { email, email_address: address }) {
    return html`<section class="wish">
      ${this.#check("mail", _("Mail me what I missed"), email, (on) => ({ email: on }), address === "")}
      <p class="hint">
        ${
          address
            ? _("Goes to {address}, at most once in a while, and only what you have not read.", { address })
            : html`${_("Confirm an email address first.")} <a href=${this.page.urls.account}>${_("Your account")}</a>`
        }
      </p>
    </section>`;
  }

  /**
   * @param {string} id @param {string} words @param {boolean} on
   * @param {(on: boolean) => Partial<Wire.Notifications>} change @param {boolean} [disabled]
   */
  #check(id, words, on, change, disabled = false) {
    return html`<label class="check" for=${id}>
      <input type="checkbox" id=${id} .checked=${live(on)} ?disabled=${disabled}
        @change=${(/** @type {any} */ event) => this.#change(change(event.target.checked))} />
      ${words}
    </label>`;
  }

  /** One after another, so that the last word is the last. @param {Partial<Wire.Notifications>} change */
  #change(change) {
    this.#changed = this.#changed.then(() => this.run(async () => this.desktop?.change(change)));
  }
}
