/** The office's figures of this moment: its tiles, and a row for each server. */
import { _, ngettext } from "../core/i18n.js";
import { formatDay, formatTime, sameDay } from "../core/time.js";
import { duration, latest, shown, sum } from "./figures.js";

/**
 * @typedef {import("./figures.js").Answer} Answer
 * @typedef {import("./figures.js").Server} Server
 */

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} name @param {string} value @param {string} more @param {boolean} [wrong] */
function fill(name, value, more, wrong = false) {
  at(name).textContent = value;
  /** @type {HTMLElement} */ (at(name).nextElementSibling).hidden = value === "–";
  at(name).dataset.state = wrong ? "wrong" : "well";
  at(`${name}-more`).textContent = more;
}

/** @param {number | null | undefined} value */
const ms = (value) => (value === null || value === undefined ? "–" : _("{n} ms", { n: shown(value) }));

/** @param {Answer} answer @param {import("./figures.js").Columns} columns of the last hour */
export function fillTiles(answer, columns) {
  const { servers } = answer;
  const total = (/** @type {(one: Server) => number} */ read) => servers.reduce((found, one) => found + read(one), 0);
  const everywhere = servers.map((one) => one.people_everywhere).filter((value) => value !== null);
  const people = everywhere.length ? Math.max(...everywhere) : total((one) => one.people);
  const tasks = Math.max(0, ...servers.map((one) => one.tasks ?? 0));
  const writing = total((one) => one.writing);
  fill(
    "people",
    shown(people),
    ngettext(
      "on {n} socket",
      "on {n} sockets",
      total((one) => one.sockets),
    ),
  );
  /** @type {HTMLElement} */ (at("people").nextElementSibling).textContent = ngettext("person", "people", people);
  fill("today", shown(answer.today), _("{n} a minute now", { n: shown(latest(columns.messages)) }));
  fill(
    "ack",
    shown(latest(columns.p99)),
    latest(columns.p50) === null
      ? _("No messages yet")
      : _("99 of 100; half within {time}", { time: ms(latest(columns.p50)) }),
  );
  fill(
    "waiting",
    shown(writing + tasks),
    _("{messages} for the database, {tasks} for workers", { messages: shown(writing), tasks: shown(tasks) }),
  );
  fill(
    "cut",
    shown(sum(columns.cut)),
    ngettext(
      "in the last hour; {n} send refused",
      "in the last hour; {n} sends refused",
      /** @type {number} */ (sum(columns.refused)),
    ),
  );
  fillHealth(answer);
  fillLog(answer.log);
}

/** @param {Answer} answer */
function fillHealth({ servers, away, embedded }) {
  const database = servers.length > 0 && servers.every((one) => one.database_ms !== null);
  const redis = embedded || (!away && servers.every((one) => one.redis_ms !== null));
  const most = (/** @type {(number | null)[]} */ values) => ms(Math.max(...values.map((value) => value ?? 0)));
  const wrong = servers.length > 0 && !(database && redis);
  const told = [
    database
      ? _("database {time}", { time: most(servers.map((one) => one.database_ms)) })
      : _("the database does not answer"),
    embedded
      ? _("no Redis needed")
      : redis
        ? _("Redis {time}", { time: most(servers.map((one) => one.redis_ms)) })
        : _("Redis does not answer"),
  ];
  fill("health", !servers.length ? "–" : wrong ? _("Away") : _("Well"), servers.length ? told.join(", ") : "", wrong);
}

/** @param {import("./figures.js").Checked} log */
function fillLog({ faults, checked, at: moment, behind }) {
  if (moment === null) return fill("log", "–", _("The first check comes within a minute"));
  const time = sameDay(moment, Date.now()) ? formatTime(moment) : `${formatDay(moment)}, ${formatTime(moment)}`;
  const values = { n: shown(checked), time };
  const more = behind ? _("Checked {n} so far, at {time}", values) : _("Checked {n} at {time}", values);
  fill("log", shown(faults), more, faults > 0);
  at("log-more").dataset.state = faults || behind ? "" : "well";
}

/** @param {Server[]} servers @param {boolean} embedded */
export function listServers(servers, embedded) {
  at("servers").replaceChildren(...servers.map((one) => rowOf(one, embedded)));
  at("servers-count").textContent = ngettext("{n} process", "{n} processes", servers.length);
}

/** @param {Server} one @param {boolean} embedded */
function rowOf(one, embedded) {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.dir = "ltr";
  name.textContent = one.name;
  const pill = document.createElement("span");
  pill.classList.add("pill");
  pill.classList.toggle("pill--wait", one.draining);
  pill.textContent = one.draining ? _("Leaving") : _("Serving");
  row.append(name);
  row.insertCell().append(pill);
  const answered = (/** @type {number | null} */ value) => (value === null ? _("Away") : ms(value));
  for (const words of [
    shown(one.sockets),
    shown(one.people),
    shown(one.writing),
    ms(one.p50),
    ms(one.p99),
    shown(one.cut),
    answered(one.database_ms),
    embedded ? "–" : answered(one.redis_ms),
    duration(one.up_seconds),
  ]) {
    const cell = row.insertCell();
    cell.className = "r";
    cell.textContent = words;
  }
  return row;
}
