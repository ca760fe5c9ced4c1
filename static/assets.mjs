/**
 * Brings the fonts and makes the icon sprite, from the packages that assets.json pins.
 *
 *     node static/assets.mjs            fetch, check, write what differs
 *     node static/assets.mjs --check    the same, but write nothing and fail on a difference
 *
 * Packages come through `npm pack` (whatever registry npm is set to) and must have the recorded sha512. The sprite holds
 * only the icons that assets.json lists (Lucide, ISC) and our own marks, each as a <symbol> of a 24 by 24 grid.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const checkOnly = process.argv.includes("--check");

/** @param {string} text */
const say = (text) => process.stderr.write(`assets: ${text}\n`);

/**
 * Fetches one package, checks its hash, unpacks it into `root/<name>`.
 * @param {string} name @param {{version: string, integrity: string}} pinned @param {string} root
 */
function fetchPackage(name, pinned, root) {
  const target = join(root, "unpacked", name);
  const packed = join(root, "packed", name);
  mkdirSync(target, { recursive: true });
  mkdirSync(packed, { recursive: true });
  execFileSync("npm", ["pack", "--silent", "--pack-destination", packed, `${name}@${pinned.version}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const archive = join(packed, readdirSync(packed)[0] ?? "");
  const integrity = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (integrity !== pinned.integrity) throw new Error(`${name}@${pinned.version}: wrong hash ${integrity}`);
  execFileSync("tar", ["-xzf", archive, "-C", target, "--strip-components=1"]);
  say(`${name}@${pinned.version}`);
}

/**
 * The drawing inside one icon's file, without the <svg> around it.
 * @param {string} root @param {string} name
 */
function drawing(root, name) {
  const file = readFileSync(join(root, "unpacked", "lucide-static", "icons", `${name}.svg`), "utf8");
  const inside = /<svg[^>]*>(.*)<\/svg>/s.exec(file)?.[1];
  if (!inside) throw new Error(`${name}.svg: no drawing in it`);
  return inside.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
}

/**
 * The sprite's text.
 * @param {{icons: string[], own: Record<string, string>}} wanted @param {string} root
 */
function sprite(wanted, root) {
  const drawings = [...wanted.icons.map((name) => [name, drawing(root, name)]), ...Object.entries(wanted.own)];
  const symbols = drawings.map(([id, inside]) => `<symbol id="${id}" viewBox="0 0 24 24">${inside}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

/**
 * Writes a made file, or with --check compares it.
 * @param {string} name @param {Buffer} bytes
 */
function put(name, bytes) {
  const path = join(here, name);
  const same = existsSync(path) && readFileSync(path).equals(bytes);
  if (same) return;
  if (checkOnly) throw new Error(`${name} differs from what assets.json gives`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  say(`wrote ${name}`);
}

const manifest = JSON.parse(readFileSync(join(here, "assets.json"), "utf8"));
const root = mkdtempSync(join(tmpdir(), "assets-"));
try {
  for (const [name, pinned] of Object.entries(manifest.packages)) fetchPackage(name, pinned, root);
  for (const [target, [name, path]] of Object.entries(manifest.copies)) {
    put(target, readFileSync(join(root, "unpacked", name, path)));
  }
  put("icons.svg", Buffer.from(sprite(manifest, root)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true });
}
