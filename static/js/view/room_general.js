/** Name, topic, who finds the room, how it is used; closing it and opening it again. */
import { html, nothing } from "lit";
import { _, ngettext } from "../core/index.js";
import { boot } from "./boot.js";
import { select } from "./room_parts.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** @param {number} seconds */
const slowWords = (seconds) =>
  seconds === 0
    ? _("Not at all")
    : seconds % HOUR === 0
      ? ngettext("{n} hour", "{n} hours", seconds / HOUR)
      : seconds % MINUTE === 0
        ? ngettext("{n} minute", "{n} minutes", seconds / MINUTE)
        : ngettext("{n} second", "{n} seconds", seconds);

/** @param {number | null} days */
const keptWords = (days) => (days === null ? _("For ever") : ngettext("{n} day", "{n} days", days));

export class General {
  /** @param {import("./dialog_room.js").RoomSettings} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    this.saved = false;
  }

  body() {
    const { room } = this.dialog;
    if (room.archived) return html`<p>${_("This room is closed. It can only be read.")}</p>${this.#closing()}`;
    return html`<form class="dialog__in" @submit=${this.#save} @input=${() => (this.saved = false)}>
        ${room.may("change_topic") ? this.#naming() : nothing} ${room.may("change_settings") ? this.#settings() : nothing}
        <div class="dialog__foot">
          <span class="muted" role="status">${this.saved ? _("Saved") : ""}</span>
          <button class="btn btn--go" type="submit" ?disabled=${this.dialog.busy}>${_("Save")}</button>
        </div>
      </form>
      ${this.#closing()}`;
  }

  #naming() {
    const { room } = this.dialog;
    return html`<div class="field">
        <label for="set-name">${_("Name")}</label>
        <input class="input" id="set-name" name="name" autocomplete="off" dir="auto" required maxlength=${boot.limits.nameLength} .defaultValue=${room.name} />
      </div>
      <div class="field">
        <label for="set-topic">${_("Topic")}</label>
        <input class="input" id="set-topic" name="topic" autocomplete="off" dir="auto" maxlength=${boot.limits.topicLength} .defaultValue=${room.topic} />
      </div>`;
  }

  #settings() {
    const { room } = this.dialog;
    const { settings } = room;
    const beginning = settings.history ? settings.history === "beginning" : room.kind === "public";
    const slow = [...new Set([0, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, settings.slow_seconds ?? 0])];
    const kept = [...new Set([null, 7, 30, 90, 365, settings.retention_days ?? null])];
    return html`${select({
      name: "kind",
      label: _("Who finds it"),
      value: room.kind,
      choices: [
        ["public", _("Everyone here can find it and join")],
        ["private", _("Only those who are added or invited")],
      ],
    })}
    ${select({
      name: "history",
      label: _("New members read"),
      value: beginning ? "beginning" : "joined",
      choices: [
        ["beginning", _("everything from the beginning")],
        ["joined", _("only what is said after they came")],
      ],
    })}
    ${select({
      name: "read_only",
      label: _("Who writes"),
      value: settings.read_only ? "staff" : "all",
      choices: [
        ["all", _("Everybody whose role may")],
        ["staff", _("Only owners and moderators")],
      ],
    })}
    ${select({
      name: "slow_seconds",
      label: _("Members wait between two messages"),
      value: String(settings.slow_seconds ?? 0),
      choices: slow.sort((a, b) => a - b).map((seconds) => [String(seconds), slowWords(seconds)]),
    })}
    ${select({
      name: "retention_days",
      label: _("Messages are kept"),
      value: String(settings.retention_days ?? ""),
      choices: kept.sort((a, b) => (a ?? 0) - (b ?? 0)).map((days) => [String(days ?? ""), keptWords(days)]),
    })}`;
  }

  #closing() {
    const { room, office } = this.dialog;
    if (!room.may("archive")) return nothing;
    const [words, text, call] = room.archived
      ? [_("Open the room again"), _("People can write in it again."), () => office.reopen()]
      : [_("Close the room"), _("It can only be read then. You can open it again."), () => office.archive()];
    return html`<div class="matters__row">
      <p class="muted">${text}</p>
      <button class="btn" type="button" ?disabled=${this.dialog.busy} @click=${() => void this.dialog.act(call)}>${words}</button>
    </div>`;
  }

  #save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const change = this.#changed(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    const done =
      Object.keys(change).length === 0 ||
      (await this.dialog.act(() => this.dialog.page.chat.changeRoom(this.dialog.room.id, change)));
    this.saved = done;
    this.dialog.redraw();
  };

  /** Only what differs, so that two who change different things do not undo each other. @param {FormData} data */
  #changed(data) {
    const { room } = this.dialog;
    const before = room.settings;
    const beginning = before.history ? before.history === "beginning" : room.kind === "public";
    const told = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
    const change = /** @type {Record<string, any>} */ ({});
    for (const name of ["name", "topic", "kind"]) {
      if (data.has(name) && told(name) !== room[name]) change[name] = told(name);
    }
    const settings = /** @type {Record<string, any>} */ ({});
    if (data.has("history") && (told("history") === "beginning") !== beginning) settings.history = told("history");
    if (data.has("read_only") && (told("read_only") === "staff") !== Boolean(before.read_only))
      settings.read_only = told("read_only") === "staff";
    if (data.has("slow_seconds") && Number(told("slow_seconds")) !== (before.slow_seconds ?? 0))
      settings.slow_seconds = Number(told("slow_seconds"));
    const days = told("retention_days") ? Number(told("retention_days")) : null;
    if (data.has("retention_days") && days !== (before.retention_days ?? null)) settings.retention_days = days;
    return Object.keys(settings).length ? { ...change, settings } : change;
  }
}
