/** The page's words about files. */
import { _, listOf, locale, ngettext, plainText } from "../core/index.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const STEP = 1024;

/** "2.4 MB". @param {number} bytes */
export function sizeWords(bytes) {
  const power = bytes < STEP ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log(bytes) / Math.log(STEP)));
  const unitDisplay = power ? "short" : "long";
  const shown = { style: "unit", unit: UNITS[power], unitDisplay, maximumFractionDigits: power > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale, /** @type {Intl.NumberFormatOptions} */ (shown)).format(bytes / STEP ** power);
}

/** "PDF": what kind of file it is, in at most four letters; empty when nothing tells. @param {{ name: string, type: string }} file */
export function kindWords({ name, type }) {
  const ending = /\.([a-z0-9]{1,4})$/i.exec(name)?.[1] ?? /^(?:image|audio|video)\/([a-z0-9]{1,4})$/.exec(type)?.[1];
  return ending?.toUpperCase() ?? "";
}

/** One line of a message: its words, else the names of its files. @param {any} message @param {number} limit */
export function gist(message, limit) {
  const words = plainText(message.text, limit);
  if (words || !message.attachments?.length) return words;
  const [first, ...rest] = message.attachments;
  const name = first.name.slice(0, limit);
  return rest.length ? listOf([name, ngettext("{n} more file", "{n} more files", rest.length)]) : name;
}

/** A message to take along: its words, and where its files are. @param {any} message */
export function asText({ text, attachments = [] }) {
  const lines = attachments.map(
    (/** @type {Wire.Attachment} */ { name, url }) => `${name}: ${new URL(url, location.href).href}`,
  );
  return [text, ...lines].filter(Boolean).join("\n");
}

/** What a press on a card does. */
export const download = _("Download");

/** What a picture in a message is called. @param {Wire.Attachment} file */
export const pictureWords = (file) => _("Picture: {name}", { name: file.alt || file.name });

export const attachFiles = _("Attach files");

/** Told before anything is chosen. @param {{ fileBytes: number, files: number }} limits */
export const limitWords = ({ fileBytes, files }) =>
  ngettext("{n} file in a message, up to {size} each", "{n} files in a message, up to {size} each", files, {
    size: sizeWords(fileBytes),
  });
