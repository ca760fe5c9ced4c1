import { dom } from "./support/dom.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText, renderMarkdown } from "../../static/js/core/markdown.js";
import { PAYLOADS } from "./support/payloads.mjs";

const TAGS = new Set(
  "A B BLOCKQUOTE BR CODE DEL EM H1 H2 H3 H4 H5 H6 HR I LI OL P PRE S SPAN STRONG SUB SUP TABLE TBODY TD TH THEAD TR UL".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(["href", "title", "start", "class", "align", "rel", "target", "data-user", "data-me"]);

const people = {
  alice: { id: "u-alice", label: "Alice", me: true },
  bob: { id: "u-bob", label: "Bob", me: false },
};
const mention = (name) => (Object.hasOwn(people, name) ? people[name] : undefined);

/** The fragment as HTML. */
function html(text, options) {
  const box = dom.window.document.createElement("div");
  box.append(renderMarkdown(text, options));
  return box.innerHTML;
}

// A definition that nothing refers to, and that draws nothing, makes the renderer go the long way.
test("plain words look the same by the short way and by the long one", () => {
  const plain = [
    "One of many, number 7",
    "Is that so? Yes: it (really) is; 100% so, isn't it!  ",
    "\u00c4rger f\u00fcr \u201ealle\u201c \u2026 \u2013 \u0645\u0631\u062d\u0628\u0627 \u4f60\u597d",
    "mailto: nobody, http: nothing, a.b.example.org",
    "a  b   c",
    "x",
  ];
  for (const text of plain) assert.equal(html(text), html(`${text}\n\n[x]: /y`), JSON.stringify(text));
});

/** Everything that a message may be made of; whatever else is a hole in the wall. */
function assertHarmless(root, text) {
  for (const element of root.querySelectorAll("*")) {
    assert.ok(TAGS.has(element.tagName), `${element.tagName} from ${JSON.stringify(text)}`);
    for (const { name, value } of element.attributes) {
      assert.ok(ATTRIBUTES.has(name), `${name} from ${JSON.stringify(text)}`);
      if (name === "href") assert.match(value, /^(?:https?|mailto):/i, JSON.stringify(text));
      if (name === "class") assert.match(value, /^(?:language-[\w+#.-]{1,32}|mention)$/, JSON.stringify(text));
      if (name === "align") assert.match(value, /^(?:left|center|right)$/);
    }
    if (element.tagName === "A" && element.hasAttribute("href")) {
      assert.equal(element.getAttribute("rel"), "noopener noreferrer nofollow");
      assert.equal(element.getAttribute("target"), "_blank");
    }
    if (element.tagName === "SPAN") assert.equal(element.className, "mention");
  }
}

test(`${PAYLOADS.length} attempts to become script come out as harmless nodes`, () => {
  assert.ok(PAYLOADS.length >= 100);
  for (const text of PAYLOADS) {
    const fragment = renderMarkdown(text, { mention });
    assertHarmless(fragment, text);
    // What is put into a page as HTML once more (by a copy, say) must not change its nature.
    const again = dom.window.document.createElement("div");
    again.innerHTML = html(text, { mention });
    assertHarmless(again, text);
  }
});

test("HTML is shown as the text that it is", () => {
  assert.equal(html("<b>bold</b>").trim(), "<p>&lt;b&gt;bold&lt;/b&gt;</p>");
});

test("the forms of CommonMark, tables and autolinks", () => {
  assert.match(html("**b** _i_ ~~s~~ `c`"), /<strong>b<\/strong> <em>i<\/em> <s>s<\/s> <code>c<\/code>/);
  assert.match(html("one\ntwo"), /one<br>\s*two/, "a line break in a chat is a line break");
  assert.match(html("3. three"), /<ol start="3">/);
  assert.match(html("```python\nx = 1\n```"), /<pre><code class="language-python">x = 1/);
  assert.match(html("|a|b|\n|-|:-:|\n|1|2|"), /<th align="center">b<\/th>[\s\S]*<td>1<\/td>/);
  assert.match(
    html("see https://ok.test/a?b=1&c=2."),
    /<a href="https:\/\/ok.test\/a\?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">|<a href="https:\/\/ok.test\/a\?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank">/,
  );
  assert.match(html("<mailto:a@ok.test>"), /href="mailto:a@ok.test"/);
  assert.match(html("&copy; &amp; &notanentity; &#65;"), /© &amp; &amp;notanentity; A/);
});

test("an address in another script leads to its ASCII name, and looks as it was written", () => {
  assert.match(html("https://bücher.test/a"), /href="https:\/\/xn--bcher-kva.test\/a"[^>]*>https:\/\/bücher.test\/a</);
  assert.match(html("https://xn--bcher-kva.test/a"), /href="https:\/\/xn--bcher-kva.test\/a"[^>]*>https:\/\/xn--bcher/);
});

test("a remote picture is a link, and nothing is fetched", () => {
  const out = html('![a map](https://elsewhere.test/map.png "title")');
  assert.ok(!out.includes("<img"));
  assert.match(out, /<a href="https:\/\/elsewhere.test\/map.png"[^>]*>a map<\/a>/);
});

test("known people become chips, others stay text", () => {
  const out = html("@alice and @bob, not @carol", { mention });
  assert.match(out, /<span class="mention" data-user="u-alice" data-me="">@Alice<\/span>/);
  assert.match(out, /<span class="mention" data-user="u-bob">@Bob<\/span>, not @carol/);
});

test("no chips in code, links, addresses or within words; a full stop is not part of a name", () => {
  assert.ok(!html("`@alice` and alice@alice and [@bob](http://ok.test) /@bob", { mention }).includes("mention"));
  assert.match(html("Ask @alice.", { mention }), /@Alice<\/span>\./);
});

test("a person's name cannot bring markup in", () => {
  const hostile = { id: '"><script>', label: "<img src=x onerror=alert(1)>", me: false };
  const fragment = renderMarkdown("@eve", { mention: () => hostile });
  const [chip, ...others] = fragment.querySelectorAll("p *");
  assert.deepEqual(others, []);
  assert.equal(chip.textContent, `@${hostile.label}`);
});

test("a hostile text does not take the page down", () => {
  const started = performance.now();
  for (const text of [
    "[".repeat(16_000),
    "*a ".repeat(5_000),
    "> ".repeat(8_000),
    "`".repeat(16_000),
    "![".repeat(8_000),
    "@".repeat(16_000),
    "<".repeat(16_000),
    `${"|a".repeat(8_000)}\n${"|-".repeat(8_000)}`,
    "http://a".repeat(2_000),
    "- ".repeat(8_000),
  ]) {
    renderMarkdown(text, { mention });
  }
  assert.ok(performance.now() - started < 10_000, `${performance.now() - started} ms`);
});

test("plain text for previews: one line, without marks, cut at whole characters", () => {
  assert.equal(plainText("# Title\n\n- **one**\n- two\n\n[link](http://ok.test)"), "Title one two link");
  assert.equal(plainText("😀".repeat(10), 5), "😀😀😀😀…");
});
