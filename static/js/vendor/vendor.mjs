/**
 * Makes the vendored libraries of the page from the packages that vendor.json pins.
 *
 *     node static/js/vendor/vendor.mjs            fetch, check, build, write what differs
 *     node static/js/vendor/vendor.mjs --check    the same, but write nothing and fail on a difference
 *     node static/js/vendor/vendor.mjs --update   take vendor.json's versions as they are and record their hashes
 *
 * Packages come through `npm pack` (whatever registry npm is set to) and must have the recorded sha512. esbuild makes one
 * ES module of each library, because the page has no bundler and should not fetch dozens of files. The build runs in a
 * temporary folder and sees nothing but the pinned packages.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const manifestPath = join(here, "vendor.json");
const mode = process.argv[2] ?? "--write";

/** @param {string} text */
const say = (text) => process.stderr.write(`vendor: ${text}\n`);

/** @param {Buffer | string} bytes @param {"sha256" | "sha512"} algorithm @param {"hex" | "base64"} encoding */
const digest = (bytes, algorithm, encoding) => createHash(algorithm).update(bytes).digest(encoding);

/** esbuild of exactly the pinned version, from the project's node_modules: another version would give other bytes. */
function loadEsbuild(/** @type {string} */ version) {
  const esbuild = createRequire(import.meta.url)("esbuild");
  if (esbuild.version !== version) {
    throw new Error(`needs esbuild ${version}, node_modules has ${esbuild.version}`);
  }
  return esbuild;
}

/** Fetches one package, checks its hash, unpacks it under `root/node_modules`. */
function fetchPackage(/** @type {string} */ name, /** @type {any} */ pinned, /** @type {string} */ root) {
  const target = join(root, "node_modules", name);
  const packed = join(root, "packed", name);
  mkdirSync(target, { recursive: true });
  mkdirSync(packed, { recursive: true });
  execFileSync("npm", ["pack", "--silent", "--pack-destination", packed, `${name}@${pinned.version}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [file] = readdirSync(packed);
  if (!file) throw new Error(`${name}: npm pack gave no file`);
  const archive = join(packed, file);
  const integrity = `sha512-${digest(readFileSync(archive), "sha512", "base64")}`;
  if (mode === "--update") pinned.integrity = integrity;
  if (integrity !== pinned.integrity) throw new Error(`${name}@${pinned.version}: wrong hash ${integrity}`);
  execFileSync("tar", ["-xzf", archive, "-C", target, "--strip-components=1"]);
  say(`${name}@${pinned.version}`);
}

/** One library as one minified ES module. */
async function build(/** @type {any} */ esbuild, /** @type {any} */ file, /** @type {string} */ root) {
  const result = await esbuild.build({
    stdin: { contents: file.entry.join("\n"), resolveDir: root },
    alias: Object.fromEntries(Object.entries(file.alias ?? {}).map(([name, path]) => [name, join(here, String(path))])),
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    legalComments: "none",
    write: false,
  });
  const names = file.packages.join(", ");
  return `/* ${names}: see licenses.txt */\n${result.outputFiles[0].text}`;
}

/** The licence texts of all packages, one after the other. */
function gatherLicences(/** @type {Record<string, any>} */ packages, /** @type {string} */ root) {
  const parts = Object.entries(packages).map(([name, pinned]) => {
    const folder = join(root, "node_modules", name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name}: no licence file`);
    const heading = `${name} ${pinned.version} (${pinned.license})`;
    return `${heading}\n${"=".repeat(heading.length)}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return parts.join("\n\n");
}

/** Writes a made file, or with --check compares it; answers its sha256. */
function put(/** @type {string} */ name, /** @type {string} */ text) {
  const path = join(here, name);
  if (mode === "--check") {
    if (readFileSync(path, "utf8") !== text) throw new Error(`${name} differs from what vendor.json gives`);
  } else {
    writeFileSync(path, text);
  }
  return digest(text, "sha256", "hex");
}

async function main() {
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
  const esbuild = loadEsbuild(manifest.esbuild);
  const root = mkdtempSync(join(tmpdir(), "vendor-"));
  try {
    for (const [name, pinned] of Object.entries(manifest.packages)) fetchPackage(name, pinned, root);
    for (const [name, file] of Object.entries(manifest.files)) {
      const sha256 = put(name, await build(esbuild, file, root));
      if (mode === "--update") /** @type {any} */ (file).sha256 = sha256;
      if (sha256 !== /** @type {any} */ (file).sha256) throw new Error(`${name}: sha256 is ${sha256}`);
    }
    put("licenses.txt", gatherLicences(manifest.packages, root));
    if (mode === "--update") writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  } finally {
    rmSync(root, { recursive: true });
  }
}

main().catch((error) => {
  say(error.message);
  process.exitCode = 1;
});
