/**
 * Markdown to safe nodes. Two walls: markdown-it makes no HTML from HTML (it is shown as text), and DOMPurify lets only
 * the tags and attributes through that the rules below name. Nothing here sets a style, an id or a handler.
 */
import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";

const TAGS = [
  ..."a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup".split(" "),
  ..."table tbody td th thead tr ul".split(" "),
];
const ATTRIBUTES = ["href", "title", "start", "class", "align"];
const SAFE_LINK = /^(?:https?|mailto):/i;
/** One object for good: DOMPurify reads another one anew each time. */
const ALLOWED = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ATTRIBUTES,
  ALLOWED_URI_REGEXP: SAFE_LINK,
  // Every other attribute's value would have to be a link too.
  ADD_URI_SAFE_ATTR: ["start", "align", "title", "class"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: /** @type {const} */ (true),
};
/** One line of words in which nothing has a meaning in Markdown, and no address or name is. */
const PLAIN = /^\p{L}[\p{L}\p{M}\p{N} ,.;:?!'"()%\u2013\u2014\u2018-\u201e\u2026]*$/u;
const LANGUAGE = /^language-[\w+#.-]{1,32}$/;
const ROOM = /(?<![\w#/&@.])#([\p{L}\p{N}_][\p{L}\p{N}_-]{0,63})/giu;
const MENTION = /(?<![\w@./-])@([a-z0-9_][a-z0-9_.-]{0,63})/gi;

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
// A picture from elsewhere would tell its server who reads what, and when: it becomes a link.
markdown.renderer.rules.image = (/** @type {any[]} */ tokens, /** @type {number} */ index) => {
  const token = tokens[index];
  const source = token.attrGet("src") ?? "";
  const label = token.content || source;
  return `<a href="${markdown.utils.escapeHtml(source)}">${markdown.utils.escapeHtml(label)}</a>`;
};
markdown.renderer.rules.td_open = (/** @type {any[]} */ tokens, /** @type {number} */ index) => {
  const token = tokens[index];
  // markdown-it aligns by `style`, which neither we nor the content security policy allow.
  const align = /text-align:\s*(left|center|right)/.exec(String(token.attrGet("style")))?.[1];
  return `<${token.tag}${align ? ` align="${align}"` : ""}>`;
};

markdown.renderer.rules.th_open = markdown.renderer.rules.td_open;

/** Made on first use: importing this module needs no document. @type {ReturnType<typeof DOMPurify> | undefined} */
let purifier;

function purify() {
  if (purifier) return purifier;
  purifier = DOMPurify(window);
  purifier.addHook("afterSanitizeAttributes", (node) => {
    const element = /** @type {Element} */ (node);
    const language = element.getAttribute("class");
    if (language !== null && !(element.tagName === "CODE" && LANGUAGE.test(language))) element.removeAttribute("class");
    if (element.tagName === "A") guardLink(element);
  });
  return purifier;
}

/** A link goes to the web or to a mailbox, in a new tab that cannot reach back; anything else becomes plain text. */
function guardLink(/** @type {Element} */ link) {
  const href = link.getAttribute("href")?.trim() ?? "";
  if (!SAFE_LINK.test(href)) {
    link.removeAttribute("href");
    return;
  }
  link.setAttribute("rel", "noopener noreferrer nofollow");
  link.setAttribute("target", "_blank");
}

/**
 * Renders a message.
 * @param {string} text Markdown (CommonMark, tables, autolinks)
 * @param {{
 *   mention?: (username: string) => { id: Wire.Id, label: string, me: boolean } | undefined,
 *   room?: (name: string) => { href: string, label: string } | undefined,
 * }} [options]
 * `mention` looks a person up; known ones become `<span class="mention" data-user="id">@label</span>`, with `data-me` for
 * oneself; others stay text. `room` does the same for what follows a #: a link
 * @returns {DocumentFragment}
 */
export function renderMarkdown(text, { mention, room } = {}) {
  if (PLAIN.test(text)) return plain(text);
  const fragment = purify().sanitize(markdown.render(text), ALLOWED);
  if (mention) replaceIn(fragment, "@", (text) => splitMentions(text, mention));
  if (room) replaceIn(fragment, "#", (text) => splitRooms(text, room));
  return fragment;
}

/** Most messages are plain words: they need neither wall, and a burst of them is drawn in time. @param {string} text */
function plain(text) {
  const fragment = document.createDocumentFragment();
  const paragraph = document.createElement("p");
  paragraph.textContent = text.trimEnd();
  fragment.append(paragraph, "\n");
  return fragment;
}

/**
 * After the walls, so that a chip's own class and data come through; built from nodes, never from strings.
 * @param {DocumentFragment} fragment @param {string} sign @param {(text: string) => (string | HTMLElement)[]} split
 */
function replaceIn(fragment, sign, split) {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (node.data.includes(sign) && !node.parentElement?.closest("code, pre, a, .mention")) texts.push(node);
  }
  for (const node of texts) node.replaceWith(...split(node.data));
}

/** @param {string} text @param {(name: string) => { href: string, label: string } | undefined} lookUp */
function splitRooms(text, lookUp) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(ROOM)) {
    const room = lookUp(/** @type {string} */ (match[1]));
    if (!room) continue;
    const link = document.createElement("a");
    link.className = "mention";
    link.href = room.href;
    link.textContent = `#${room.label}`;
    parts.push(text.slice(from, match.index), link);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * @param {string} text
 * @param {(username: string) => { id: Wire.Id, label: string, me: boolean } | undefined} lookUp
 */
function splitMentions(text, lookUp) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(MENTION)) {
    const found = known(/** @type {string} */ (match[1]), lookUp);
    if (!found) continue;
    parts.push(text.slice(from, match.index), chip(found.person));
    from = match.index + 1 + found.length;
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * "@ines." at the end of a sentence means ines: trailing dots and dashes are tried away.
 * @template T
 * @param {string} name
 * @param {(username: string) => T | undefined} lookUp
 */
function known(name, lookUp) {
  for (let length = name.length; length > 0; length--) {
    const person = lookUp(name.slice(0, length));
    if (person) return { person, length };
    if (!/[.-]/.test(/** @type {string} */ (name[length - 1]))) return undefined;
  }
  return undefined;
}

/** @param {{ id: Wire.Id, label: string, me: boolean }} person */
function chip({ id, label, me }) {
  const span = document.createElement("span");
  span.className = "mention";
  span.dataset.user = id;
  if (me) span.dataset.me = "";
  span.textContent = `@${label}`;
  return span;
}

/**
 * A message as one plain line, for previews, notifications and speech.
 * @param {string} text
 * @param {number} [limit] characters
 */
export function plainText(text, limit = 200) {
  const fragment = renderMarkdown(text);
  for (const block of fragment.querySelectorAll("br, p, li, pre, h1, h2, h3, h4, h5, h6, td, th, blockquote")) {
    block.append(" ");
    block.before(" ");
  }
  const line = (fragment.textContent ?? "").replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length > limit
    ? `${characters
        .slice(0, limit - 1)
        .join("")
        .trimEnd()}…`
    : line;
}
