/** The page's words: catalogs, plurals, and that no text of the page goes past gettext. */
import "./support/dom.mjs";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { afterEach, test } from "node:test";
import { bypasses } from "./support/bypasses.mjs";
import { _, listOf, ngettext, speak } from "../../static/js/core/i18n.js";

afterEach(() => speak("en"));

test("a catalog gives the words of its language, and what it lacks stays English", () => {
  speak("de", { "Remove {name}": "{name} entfernen", "New room": "" });
  assert.equal(_("Remove {name}", { name: "Ines" }), "Ines entfernen");
  assert.equal(_("New room"), "New room");
  assert.equal(listOf(["Ines", "Jun"]), "Ines und Jun");
});

test("a name that looks like a placeholder stays as it is", () => {
  assert.equal(_("{by} added {who}", { by: "{who}", who: "{by}" }), "{who} added {by}");
  assert.equal(_("Wait {left}", { right: 1 }), "Wait {left}");
});

test("numbers take the form of their language, in the order of CLDR", () => {
  assert.deepEqual(
    [0, 1, 2].map((n) => ngettext("{n} room", "{n} rooms", n)),
    ["0 rooms", "1 room", "2 rooms"],
  );
  speak("ru", { "{n} room": ["{n} комната", "{n} комнаты", "{n} комнат"] });
  assert.deepEqual(
    [1, 2, 5, 11, 21].map((n) => ngettext("{n} room", "{n} rooms", n)),
    ["1 комната", "2 комнаты", "5 комнат", "11 комнат", "21 комната"],
  );
  speak("ar", { "{n} room": ["zero", "one", "two", "few", "many", "other"] });
  assert.deepEqual(
    [0, 1, 2, 3, 11, 100].map((n) => ngettext("{n} room", "{n} rooms", n)),
    ["zero", "one", "two", "few", "many", "other"],
  );
  speak("ja", { "{n} room": ["{n}部屋"] });
  assert.equal(ngettext("{n} room", "{n} rooms", 1), "1部屋");
});

const JS = new URL("../../static/js/", import.meta.url);
test("the finder of words that go past gettext finds them, and only them", () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: pieces of modules
  const wrong = [
    "const a = html`<p>Leave this room</p>`;",
    'const a = html`<button title="Close">${x}</button>`;',
    'const a = html`<b aria-label="Remove ${name}">${x}</b>`;',
    'say("Up to date");',
    "say(`Add ${n} people`);",
    "_(`Add ${n} people`);",
    "_(words);",
    'const a = html`<p>${on ? "Read" : _("Sent")}</p>`;',
  ];
  for (const code of wrong) assert.equal(bypasses("x.js", code).length, 1, code);
  const right = [
    'const a = html`<p class="rm is-unread" title=${_("Close")}>${_("Leave")}, ${n}</p>`;',
    'if (event.key === "Escape") root.querySelector(".list [tabindex]");',
    'const b = ngettext("{n} room", "{n} rooms", n, { n });',
    "const c = `${rooms}${id}/`;",
    "const d = `parley.sections.${me}`;",
  ];
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
  for (const code of right) assert.deepEqual(bypasses("x.js", code), [], code);
});

test("every text of the page goes through gettext", () => {
  const files = ["view", "office", "account"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, JS)).map((name) => `${folder}/${name}`),
  );
  const scripts = files.filter((name) => name.endsWith(".js"));
  assert.ok(scripts.length > 20);
  const found = scripts.flatMap((name) => bypasses(name, readFileSync(new URL(name, JS), "utf8")));
  assert.deepEqual(found, []);
});
