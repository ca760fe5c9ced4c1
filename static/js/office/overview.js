/** The office's first page: asks for the figures every few seconds and shows them. */
import { _, ngettext } from "../core/i18n.js";
import { added, join, noColumns } from "./figures.js";
import { Plot } from "./plots.js";
import { fillTiles, listServers } from "./tiles.js";

const ASK_MS = 5000;
/** What goes further back than an hour changes slowly. */
const ASK_FAR_MS = 60_000;

/** How long one step is in each span (seconds). */
const STEPS = /** @type {Record<string, number>} */ ({ hour: 15, day: 900, month: 21_600 });

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const root = at("figures");
const trouble = at("trouble");
const span = /** @type {HTMLFieldSetElement} */ (document.querySelector(".span"));

/** @type {Record<string, Plot>} */
const plots = {
  messages: new Plot(at("plot-messages"), "bars"),
  ack: new Plot(at("plot-ack"), "lines", 1),
  people: new Plot(at("plot-people"), "area"),
  waiting: new Plot(at("plot-waiting"), "bars"),
  sockets: new Plot(at("plot-sockets"), "lines"),
  health: new Plot(at("plot-health"), "lines", 1),
};

/** Of the last hour. */
let columns = noColumns();
/** Of a longer span that was chosen, and when it was asked for. */
let far = noColumns();
let farOf = "";
let farAsked = 0;
/** @type {import("./figures.js").Answer | null} */
let last = null;
let asked = 0;

const chosen = () => /** @type {HTMLInputElement} */ (span.querySelector(":checked")).value;

/** @param {string} words */
function tellTrouble(words) {
  const place = /** @type {HTMLElement} */ (trouble.querySelector("p"));
  if (place.textContent !== words) place.textContent = words;
  trouble.hidden = !words;
}

function drawPlots() {
  const name = chosen();
  const part = name === "hour" ? columns : far;
  if (name !== "hour" && farOf !== name) return;
  at("grain").textContent = grainOf(name);
  at("sockets-about").textContent = name === "hour" ? _("on each server") : _("on all servers");
  if (!part.t.length) return;
  const show = (/** @type {Plot | undefined} */ plot, /** @type {import("./plots.js").Line[]} */ lines) =>
    plot?.show({ t: part.t, lines, marks: part.starts, step: STEPS[name] ?? 15 });
  show(plots.messages, [{ label: _("Messages a minute"), values: part.messages }]);
  show(plots.ack, [
    { label: _("99 of 100"), values: part.p99 },
    { label: _("Half"), values: part.p50, dashed: true },
  ]);
  show(plots.people, [{ label: _("People"), values: part.people }]);
  show(plots.waiting, [{ label: _("Waiting"), values: added(part.writing, part.tasks) }]);
  show(plots.sockets, socketsOf(part));
  show(plots.health, [
    { label: _("Database"), values: part.database },
    ...(last?.embedded ? [] : [{ label: _("Redis"), values: part.redis, dashed: true }]),
  ]);
}

/** One line a server; over a long time, in which servers come and go, all of them together. @param {import("./figures.js").Columns} part */
function socketsOf(part) {
  const each = Object.entries(part.servers).map(([label, values], n) => ({ label, values, dashed: n % 2 === 1 }));
  return each.length ? each : [{ label: _("All servers"), values: part.sockets }];
}

/** @param {string} name */
function grainOf(name) {
  if (name === "day") return _("Each step is 15 minutes: messages on average, everything else at its most.");
  if (name === "month") return _("Each step is 6 hours: messages on average, everything else at its most.");
  return "";
}

/** @param {import("./figures.js").Answer} answer */
function take(answer) {
  last = answer;
  columns = join(columns, answer.columns);
  asked = Date.now();
  fillTiles(answer, columns);
  listServers(answer.servers, answer.embedded);
  drawPlots();
  if (answer.away) {
    tellTrouble(_("Redis does not answer: these are the figures of one server only. Messages go on."));
  } else if (!answer.servers.length) {
    tellTrouble(_("No server has told of itself yet: the first figures come within seconds."));
  } else tellTrouble("");
}

/** @param {string} query @returns {Promise<import("./figures.js").Answer>} */
async function fetchFigures(query) {
  const answer = await fetch(`${root.dataset.figures}?${query}`, {
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** Ask for the span that was chosen, if it is a long one and what is known of it is old. */
async function askFar() {
  const name = chosen();
  if (name === "hour" || (name === farOf && Date.now() - farAsked < ASK_FAR_MS)) return;
  const { columns: found } = await fetchFigures(`span=${name}`);
  if (name !== chosen()) return;
  far = found;
  farOf = name;
  farAsked = Date.now();
}

async function ask() {
  try {
    await askFar();
    take(await fetchFigures(`after=${columns.t.at(-1) ?? 0}`));
  } catch {
    tellTrouble(_("The figures do not come: the server is away, or you are signed out. Trying again."));
  }
}

function tellAge() {
  const seconds = Math.round((Date.now() - asked) / 1000);
  const words =
    seconds < 8 ? _("Measured just now") : ngettext("Measured {n} second ago", "Measured {n} seconds ago", seconds);
  at("measured").textContent = asked ? words : "";
}

async function askForever() {
  for (;;) {
    if (document.visibilityState === "visible") await ask();
    tellAge();
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

async function changeSpan() {
  drawPlots();
  await ask();
}

const repaint = () => {
  for (const plot of Object.values(plots)) plot.repaint();
};

span.hidden = false;
span.addEventListener("change", changeSpan);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
askForever();
