/** The office's first page: asks for the figures every few seconds and shows them. */
import { added, duration, join, lastMinutes, latest, noColumns, shown, sum } from "./figures.js";
import { Plot } from "./plots.js";

const ASK_MS = 5000;

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

let columns = noColumns();
/** @type {import("./figures.js").Answer | null} */
let last = null;
let asked = 0;

/** @param {string} words */
function tellTrouble(words) {
  const place = /** @type {HTMLElement} */ (trouble.querySelector("p"));
  if (place.textContent !== words) place.textContent = words;
  trouble.hidden = !words;
}

/** @param {string} name @param {string} value @param {string} more */
function fill(name, value, more) {
  at(name).textContent = value;
  at(`${name}-more`).textContent = more;
}

/** @param {import("./figures.js").Answer} answer */
function fillTiles(answer) {
  const { servers } = answer;
  const total = (/** @type {(one: import("./figures.js").Server) => number} */ read) =>
    servers.reduce((found, one) => found + read(one), 0);
  const everywhere = servers.map((one) => one.people_everywhere).filter((value) => value !== null);
  const people = everywhere.length ? Math.max(...everywhere) : total((one) => one.people);
  const tasks = Math.max(0, ...servers.map((one) => one.tasks ?? 0));
  const writing = total((one) => one.writing);
  const known = columns.t.length > 0;
  const refused = sum(columns.refused);
  const sockets = total((one) => one.sockets);
  fill("people", shown(people), `on ${shown(sockets)} ${sockets === 1 ? "socket" : "sockets"}`);
  fill(
    "messages",
    known ? shown(latest(columns.messages)) : "–",
    `${shown(Math.round(sum(columns.messages) / 4))} in the last hour`,
  );
  fill(
    "ack",
    shown(latest(columns.p99)),
    latest(columns.p50) === null ? "no messages yet" : `half within ${shown(latest(columns.p50))} ms`,
  );
  fill("waiting", shown(writing + tasks), `${shown(writing)} for the database, ${shown(tasks)} for workers`);
  fill(
    "cut",
    shown(sum(columns.cut)),
    `in the last hour; ${shown(refused)} ${refused === 1 ? "send" : "sends"} refused`,
  );
  fillHealth(answer);
}

/** @param {import("./figures.js").Answer} answer */
function fillHealth({ servers, away, embedded }) {
  const database = servers.length > 0 && servers.every((one) => one.database_ms !== null);
  const redis = embedded || (!away && servers.every((one) => one.redis_ms !== null));
  const wrong = [...(database ? [] : ["Database"]), ...(redis ? [] : ["Redis"])];
  const most = (/** @type {(number | null)[]} */ values) => shown(Math.max(...values.map((value) => value ?? 0)));
  const told = [
    `database ${database ? `${most(servers.map((one) => one.database_ms))} ms` : "away"}`,
    embedded ? "no Redis needed" : `Redis ${redis ? `${most(servers.map((one) => one.redis_ms))} ms` : "away"}`,
  ];
  fill("health", !servers.length ? "–" : wrong.length ? "Away" : "Well", servers.length ? told.join(", ") : "");
  at("health").dataset.state = wrong.length ? "wrong" : "well";
}

function drawPlots() {
  const minutes = Number(/** @type {HTMLInputElement} */ (span.querySelector(":checked")).value);
  const part = lastMinutes(columns, minutes);
  const marks = (last?.servers ?? []).map((one) => Math.round((last?.now ?? 0) / 1000) - one.up_seconds);
  plots.messages?.show(part.t, [{ label: "Messages a minute", values: part.messages }], marks);
  plots.ack?.show(part.t, [
    { label: "99 of 100", values: part.p99 },
    { label: "Half", values: part.p50, dashed: true },
  ]);
  plots.people?.show(part.t, [{ label: "People", values: part.people }]);
  plots.waiting?.show(part.t, [{ label: "Waiting", values: added(part.writing, part.tasks) }]);
  plots.sockets?.show(
    part.t,
    Object.entries(part.servers).map(([label, values], n) => ({ label, values, dashed: n % 2 === 1 })),
  );
  plots.health?.show(part.t, [
    { label: "Database", values: part.database },
    ...(last?.embedded ? [] : [{ label: "Redis", values: part.redis, dashed: true }]),
  ]);
}

/** @param {import("./figures.js").Server[]} servers @param {boolean} embedded */
function listServers(servers, embedded) {
  const rows = servers.map((one) => {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = one.name;
    const state = document.createElement("td");
    const pill = document.createElement("span");
    pill.className = `pill${one.draining ? " pill--wait" : ""}`;
    pill.textContent = one.draining ? "Leaving" : "Serving";
    state.append(pill);
    row.append(name, state);
    const ms = (/** @type {number | null} */ value) => (value === null ? "away" : `${shown(value)} ms`);
    const speed = (/** @type {number | null} */ value) => (value === null ? "–" : `${shown(value)} ms`);
    for (const words of [
      shown(one.sockets),
      shown(one.people),
      shown(one.writing),
      speed(one.p50),
      speed(one.p99),
      shown(one.cut),
      ms(one.database_ms),
      embedded ? "–" : ms(one.redis_ms),
      duration(one.up_seconds),
    ]) {
      const cell = row.insertCell();
      cell.className = "r";
      cell.textContent = words;
    }
    return row;
  });
  at("servers").replaceChildren(...rows);
  at("servers-count").textContent = servers.length === 1 ? "1 process" : `${servers.length} processes`;
}

/** @param {import("./figures.js").Answer} answer */
function take(answer) {
  last = answer;
  columns = join(columns, answer.columns);
  asked = Date.now();
  fillTiles(answer);
  listServers(answer.servers, answer.embedded);
  if (columns.t.length) drawPlots();
  if (answer.away) tellTrouble("Redis does not answer: these are the figures of one server only. Messages go on.");
  else if (!answer.servers.length)
    tellTrouble("No server has told of itself yet: the first figures come within seconds.");
  else tellTrouble("");
}

async function ask() {
  const after = columns.t.at(-1) ?? 0;
  try {
    const answer = await fetch(`${root.dataset.figures}?after=${after}`, {
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    take(await answer.json());
  } catch {
    tellTrouble("The figures do not come: the server is away, or you are signed out. Trying again.");
  }
}

function tellAge() {
  const seconds = Math.round((Date.now() - asked) / 1000);
  at("measured").textContent = asked ? `Measured ${seconds < 8 ? "just now" : `${seconds} seconds ago`}` : "";
}

async function askForever() {
  for (;;) {
    if (document.visibilityState === "visible") await ask();
    tellAge();
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

const repaint = () => {
  for (const plot of Object.values(plots)) if (columns.t.length) plot.repaint();
};

span.hidden = false;
span.addEventListener("change", () => columns.t.length && drawPlots());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
askForever();
