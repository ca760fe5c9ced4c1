import "./support/dom.mjs";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const folder = new URL("../../static/js/vendor/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("vendor.json", folder), "utf8"));

test("the vendored files are those that were made from the pinned packages", () => {
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    const found = createHash("sha256")
      .update(readFileSync(new URL(name, folder)))
      .digest("hex");
    assert.equal(found, sha256, name);
  }
});

test("every package has an exact version, a sha512, and its licence text", () => {
  const licences = readFileSync(new URL("licenses.txt", folder), "utf8");
  for (const [name, { version, integrity, license }] of Object.entries(manifest.packages)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/, name);
    assert.ok(licences.includes(`${name} ${version} (${license})`), name);
  }
});

test("every specifier belongs to one file, and each file gives what the page takes from it", async () => {
  const specifiers = Object.values(manifest.files).flatMap((file) => file.specifiers);
  assert.equal(new Set(specifiers).size, specifiers.length);
  const names = Object.keys(await import(new URL("lit.js", folder).href));
  for (const name of ["LitElement", "html", "nothing", "render", "repeat", "classMap", "ref", "live"]) {
    assert.ok(names.includes(name), name);
  }
});

/** These come when they are used. */
const LATER = ["emoji.js", "highlight.js", "uplot.js"];

test("what comes at once stays within half of the page's budget of 120 KiB", () => {
  const names = Object.keys(manifest.files).filter((name) => !LATER.includes(name));
  assert.equal(names.length, Object.keys(manifest.files).length - LATER.length);
  const sizes = names.map((name) => gzipSync(readFileSync(new URL(name, folder)), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total < 60 * 1024, `${total} bytes`);
});
