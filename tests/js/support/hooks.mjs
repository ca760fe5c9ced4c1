/** Module hooks: what the page's import map does in the browser, from the same vendor.json. */
import { readFileSync } from "node:fs";

const vendor = new URL("../../../static/js/vendor/", import.meta.url);
const { files } = JSON.parse(readFileSync(new URL("vendor.json", vendor), "utf8"));
const fromTests = /\/tests\/js\//;

/** @type {Map<string, string>} */
const addresses = new Map();
for (const [name, { specifiers }] of Object.entries(files)) {
  for (const specifier of specifiers) addresses.set(specifier, new URL(name, vendor).href);
}

/** @param {string} specifier @param {any} context @param {any} next */
export async function resolve(specifier, context, next) {
  const address = addresses.get(specifier);
  // Only the page's own modules have an import map; tools of the tests resolve as usual.
  const ours = !context.parentURL?.includes("/node_modules/");
  if (address && ours) return { url: address, format: "module", shortCircuit: true };
  const found = await next(specifier, context);
  return /\/static\/js\//.test(found.url) && !fromTests.test(found.url) ? { ...found, format: "module" } : found;
}
