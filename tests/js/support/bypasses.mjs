/** Finds text in a module that people would see and that no catalog could change. */
import ts from "typescript";

/** Attributes that people read or hear. */
const READ_ALOUD = /(?:aria-label|aria-roledescription|aria-valuetext|alt|placeholder|title)=(?:"([^"]*)"|'([^']*)')/g;
/** Stands for what a template puts in. */
const HOLE = "\u25ca";
const LETTERS = /\p{L}{2}/u;
/** Names of keys, and of things on the wire: not for people. */
const NAMES =
  /^(?:Arrow(?:Up|Down|Left|Right)|Enter|Escape|Home|End|Page(?:Up|Down)|Tab|Delete|Backspace|Alt|Shift|Control|Meta|Math|(?:Control|Meta)\+\w|\w+Error|PublicKeyCredential)$/;

/** What people would read of the markup in a template. @param {string} markup */
const readable = (markup) => [
  ...markup.replace(/<[^>]*>/g, HOLE).split(HOLE),
  ...[...markup.matchAll(READ_ALOUD)].map(([, double, single]) => (double ?? single ?? "").replaceAll(HOLE, "")),
];

/** A text that reads like a sentence or a title. @param {string} text */
const isWords = (text) =>
  (/^\p{Lu}\p{Ll}/u.test(text) && !NAMES.test(text)) ||
  (/\p{Ll}[.,:?]? \p{Ll}+[ .,?]/u.test(text) && !/[#[\](){}=>-]/.test(text));

/** The beginning of a name under which a browser keeps something: `parley.sections.`. */
const KEY = /^[a-z]+\.(?:[a-z]+\.)*$/;

/** A piece of a template string that has words in it. @param {string} text */
const hasWords = (text) =>
  !KEY.test(text) && /(?:^|\s)\p{L}{2,}(?:\s|[.,!?]|$)/u.test(text) && !/[#[\]=:]|--|^px\b/.test(text);

/** The pieces of a template between what it puts in. @param {import("typescript").TemplateLiteral} template */
const pieces = (template) =>
  ts.isTemplateExpression(template)
    ? [template.head.text, ...template.templateSpans.map((span) => span.literal.text)]
    : [template.text];

/** @param {import("typescript").TemplateLiteral} template */
const holes = (template) =>
  ts.isTemplateExpression(template) ? template.templateSpans.map((span) => span.expression) : [];

/** What of a node itself is such a text, and which of its parts are still to be looked at. @param {import("typescript").Node} node */
function look(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return { texts: [], rest: [] };
  if (ts.isTaggedTemplateExpression(node)) {
    const texts = readable(pieces(node.template).join(HOLE)).filter((text) => LETTERS.test(text));
    return { texts, rest: holes(node.template) };
  }
  const called = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : "";
  if (called === "_" || called === "ngettext") {
    const call = /** @type {import("typescript").CallExpression} */ (node);
    const words = call.arguments.slice(0, called === "_" ? 1 : 2);
    const texts = words
      .filter((word) => !ts.isStringLiteral(word))
      .map((word) => `not a plain text: ${word.getText()}`);
    return { texts, rest: call.arguments.slice(words.length) };
  }
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return { texts: isWords(node.text) ? [node.text] : [], rest: [] };
  }
  if (ts.isTemplateExpression(node)) {
    return { texts: pieces(node).filter(hasWords).slice(0, 1), rest: holes(node) };
  }
  return { texts: [], rest: node.getChildren() };
}

/** @param {string} name @param {string} code @returns {string[]} "file:line: text" */
export function bypasses(name, code) {
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const found = [];
  const waiting = /** @type {import("typescript").Node[]} */ ([source]);
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const { texts, rest } = look(node);
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push(...texts.map((text) => `${name}:${line}: ${text.trim().slice(0, 80)}`));
    waiting.push(...rest);
  }
  return found;
}
