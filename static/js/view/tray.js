/** The files of the message that is being written: how far each is, what it shows, how to take it away and to have it back. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { _ } from "../core/index.js";
import { kindMark } from "./files.js";
import { icon } from "./icons.js";
import { refusal } from "./words.js";
import { sizeWords } from "./words_files.js";

const DRAWN = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/;
/** What browsers call every picture that comes from the clipboard. */
const NAMELESS = /^image\.(\w+)$/;
/** As long as the server takes it. */
const ALT_LENGTH = 1000;

const says = {
  files: _("Files of this message"),
  describe: _("Say what it shows, for those who cannot see it"),
  waits: _("Waits for the connection"),
  inLine: _("Waits"),
  again: _("Try again"),
  done: _("Ready"),
  whenThere: _("It is sent as soon as the files are there."),
  notYet: _("Do not send yet"),
  asFile: _("Add it as a file"),
  offer: _("What you pasted can go along as a file."),
  dismiss: _("Dismiss"),
  undo: _("Undo"),
  lost: _("This browser has not kept it. Choose it again."),
};

/** Addresses of the pictures on this device, by upload. @type {Map<string, string>} */
const addresses = new Map();

/** @param {Core.Upload} upload */
function address({ id, type, file, attachment }) {
  if (attachment?.preview_url && !file && !addresses.has(id)) return attachment.preview_url;
  if (!addresses.has(id) && file && DRAWN.test(type)) addresses.set(id, URL.createObjectURL(file));
  return addresses.get(id);
}

/** @param {Core.Upload[]} shown */
function letGo(shown) {
  for (const [id, url] of addresses) {
    if (shown.some((upload) => upload.id === id)) continue;
    URL.revokeObjectURL(url);
    addresses.delete(id);
  }
}

/** @param {import("./composer_files.js").ComposerFiles} files */
export function tray(files) {
  const list = files.list;
  letGo(list);
  if (!list.length && !files.refused.length && files.pasted === null) return nothing;
  return html`<div class="tray">
    ${
      list.length
        ? html`<ul class="tray__list" aria-label=${says.files}>${repeat(
            list,
            ({ id }) => id,
            (upload) => one(files, upload),
          )}</ul>`
        : nothing
    }
    ${files.refused.length ? refused(files) : nothing} ${files.pasted === null ? nothing : offered(files)}
    ${
      files.waiting
        ? html`<p class="tray__say" role="status">
            ${says.whenThere} <button class="link" type="button" @click=${() => disarm(files)}>${says.notYet}</button>
          </p>`
        : nothing
    }
  </div>`;
}

/** @param {import("./composer_files.js").ComposerFiles} files @param {Core.Upload} upload */
function one(files, upload) {
  const { id, name, state, size, sent } = upload;
  const url = address(upload);
  const remove = state === "done" || state === "failed" ? _("Remove {name}", { name }) : _("Cancel {name}", { name });
  return html`<li class="up" data-state=${state}>
    ${url ? html`<img class="up__pic" src=${url} alt="" />` : kindMark(upload)}
    <div class="up__words">
      <b class="cut" dir="auto" title=${name}>${name}</b>
      <small role=${state === "failed" ? "alert" : nothing}>${stateWords(upload)}</small>
      ${
        state === "sending"
          ? html`<progress max=${size} value=${sent} aria-label=${_("Uploading {name}", { name })}></progress>`
          : nothing
      }
      ${url && state !== "failed" ? alternative(files, upload) : nothing}
    </div>
    ${
      state === "failed" && upload.file
        ? html`<button class="icon icon--s" type="button" aria-label=${says.again} title=${says.again} @click=${() => files.uploads?.retry(id)}>
            ${icon("rotate-cw", true)}
          </button>`
        : nothing
    }
    <button class="icon icon--s" type="button" aria-label=${remove} title=${remove} @click=${() => takeOut(files, upload)}>
      ${icon("x", true)}
    </button>
  </li>`;
}

/** @param {Core.Upload} upload */
function stateWords({ state, sent, size, stalled, error }) {
  if (state === "failed") return error?.code === "file_lost" ? says.lost : failedWords(error);
  if (stalled) return says.waits;
  if (state === "waiting") return says.inLine;
  if (state === "sending") return _("{sent} of {size}", { sent: sizeWords(sent), size: sizeWords(size) });
  return sizeWords(size);
}

/** The server's own sentence where the file is at fault. @param {Wire.ErrorBody | null} error */
function failedWords(error) {
  if (error?.code === "too_large") return _("It is too large.");
  if (error?.code === "forbidden") return _("You may not attach files in this room.");
  return error?.code === "bad_request" && error.message ? error.message : refusal(error);
}

/** @param {import("./composer_files.js").ComposerFiles} files @param {Core.Upload} upload */
function alternative(files, { id, name, alt }) {
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    /** @type {HTMLInputElement} */ (event.target).blur();
    files.field.focus();
  };
  return html`<input
    class="up__alt"
    type="text"
    dir="auto"
    maxlength=${ALT_LENGTH}
    .value=${alt}
    aria-label=${_("What {name} shows", { name })}
    placeholder=${says.describe}
    title=${says.describe}
    @keydown=${keys}
    @change=${(/** @type {Event} */ event) => files.uploads?.describe(id, /** @type {HTMLInputElement} */ (event.target).value.trim())}
  />`;
}

/** @param {import("./composer_files.js").ComposerFiles} files */
const refused = (files) =>
  html`<div class="tray__no" role="alert">
    <ul>
      ${files.refused.map((one) => html`<li>${refusedWords(files, one)}</li>`)}
    </ul>
    <button class="icon icon--s" type="button" aria-label=${says.dismiss} title=${says.dismiss} @click=${files.dismiss}>${icon("x", true)}</button>
  </div>`;

/** @param {import("./composer_files.js").ComposerFiles} files @param {{ name: string, why: string }} one */
function refusedWords({ limits }, { name, why }) {
  if (why === "empty") return _("{name} is empty.", { name });
  if (why === "folder") return _("{name} is a folder. Pack it first.", { name });
  if (why === "large") return _("{name} is larger than {size}.", { name, size: sizeWords(limits.fileBytes) });
  return _("{name} is one too many: {n} files in a message.", { name, n: limits.files });
}

/** @param {import("./composer_files.js").ComposerFiles} files */
const offered = (files) =>
  html`<p class="tray__say" role="status">
    ${says.offer} <button class="link" type="button" @click=${() => takePasted(files)}>${says.asFile}</button>
  </p>`;

/** A picture from the clipboard gets a name that tells when it was pasted. @param {File} file */
export function named(file) {
  const ending = NAMELESS.exec(file.name)?.[1];
  if (!ending) return file;
  const when = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return new File([file], `${_("Picture {when}", { when })}.${ending}`, { type: file.type });
}

/** It is not to be sent yet. @param {import("./composer_files.js").ComposerFiles} files */
function disarm(files) {
  files.waiting = false;
  files.page.schedule();
  files.field.focus();
}

/**
 * Takes one out; as long as it is offered it can be put back.
 * @param {import("./composer_files.js").ComposerFiles} files @param {Core.Upload} upload
 */
function takeOut(files, { id, name }) {
  const { field, page, uploads } = files;
  const gone = () => {
    uploads?.remove(id);
    files.aside = null;
  };
  const putBack = () => {
    if (!uploads?.putBack(id)) gone();
    files.aside = null;
    field.keep();
    field.focus();
  };
  uploads?.setAside(id);
  page.toast.say(_("Removed {name}", { name }), { words: says.undo, run: putBack, missed: gone });
  files.aside = id;
  field.keep();
  field.focus();
}

/** A text that is too long for a message can go along as a file. @param {import("./composer_files.js").ComposerFiles} files @param {string} text */
export function offer(files, text) {
  const { field, limits, page } = files;
  field.problem = _("What you pasted is too long: at most {n} bytes.", { n: limits.textBytes });
  page.announcer.alert(field.problem);
  if (files.may) files.pasted = text;
  page.schedule();
}

/** @param {import("./composer_files.js").ComposerFiles} files */
function takePasted(files) {
  const { field, pasted } = files;
  files.pasted = null;
  field.problem = "";
  void files.add([new File([pasted ?? ""], _("Pasted text.txt"), { type: "text/plain" })]);
  field.focus();
}
