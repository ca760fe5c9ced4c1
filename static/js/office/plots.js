/** Figures over time, drawn by uPlot in the page's own colours. */
import uPlot from "uplot";
import { _, locale } from "../core/i18n.js";
import { formatTime } from "../core/time.js";
import { latest, roundAbove, shown } from "./figures.js";

/**
 * @typedef {{label: string, values: import("./figures.js").Column, dashed?: boolean}} Line
 * @typedef {"bars" | "area" | "lines"} Kind
 * @typedef {{t: number[], lines: Line[], marks: number[], step: number}} Shown moments and steps in seconds; `marks` are when a
 *   server began
 */

const HEIGHT = 152;
const END = 52; // room at the right for the last values
const CLOSE = 13; // labels nearer to each other than this would overlap
const MARKS_ABOVE = 16; // room above for the words at the marks
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
/** Between labels of time. */
const INCREMENTS = [60, 300, 600, 900, HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S, DAY_S, 5 * DAY_S, 7 * DAY_S];

/** What a custom property is at this moment, in this theme, as a canvas takes it. */
function colour(/** @type {string} */ name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const clock = (/** @type {number} */ t) => formatTime(t * 1000);
const DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

/** A moment in words; steps that are hours long have days, too. @param {number} t @param {number} step */
const momentOf = (t, step) => (step >= HOUR_S ? `${DAY.format(t * 1000)}, ${clock(t)}` : clock(t));

/** One plot in a figure of the page. */
export class Plot {
  /**
   * @param {HTMLElement} figure @param {Kind} kind
   * @param {number} least what the scale reaches at least
   */
  constructor(figure, kind, least = 2) {
    this.kind = kind;
    this.least = least;
    this.area = /** @type {HTMLElement} */ (figure.querySelector(".plot__area"));
    this.output = /** @type {HTMLOutputElement} */ (figure.querySelector("output"));
    this.details = /** @type {HTMLDetailsElement} */ (figure.querySelector("details"));
    this.title = this.area.getAttribute("aria-label") ?? "";
    /** @type {Shown} */
    this.shown = { t: [], lines: [], marks: [], step: 15 };
    /** @type {uPlot | null} */
    this.drawn = null;
    this.shape = "";
    new ResizeObserver(() => this.drawn?.setSize(this.size())).observe(this.area);
    this.details.addEventListener("toggle", () => this.writeNumbers());
  }

  size() {
    return { width: Math.max(200, this.area.clientWidth), height: HEIGHT };
  }

  /** Draw anew, in the colours of now. */
  repaint() {
    this.shape = "";
    if (this.shown.t.length) this.show(this.shown);
  }

  /** @param {Shown} these */
  show(these) {
    this.shown = these;
    const { t, lines, step } = these;
    const data = /** @type {import("uplot").AlignedData} */ ([t, ...lines.map((line) => line.values)]);
    const shape = [step, ...lines.map((line) => line.label)].join("\n");
    if (this.drawn && shape === this.shape) {
      this.drawn.setData(data);
    } else {
      this.drawn?.destroy();
      this.drawn = new uPlot(this.options(), data, this.area);
      this.shape = shape;
    }
    const values = lines.map((line) => `${line.label} ${shown(latest(line.values))}`).join(", ");
    this.area.setAttribute("aria-label", `${this.title}: ${values}`);
    if (this.details.open) this.writeNumbers();
  }

  /** @returns {import("uplot").Options} */
  options() {
    const { step, lines } = this.shown;
    const ink = {
      strong: colour("--ink"),
      quiet: colour("--ink-3"),
      line: colour("--line"),
      tide: colour("--tide"),
      paper: colour("--paper"),
    };
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    return {
      ...this.size(),
      padding: [MARKS_ABOVE, END, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false, setScale: false } },
      scales: {
        x: { range: (_plot, min, max) => [min - step / 2, max + step / 2] },
        y: { range: (_plot, _min, max) => [0, roundAbove(Math.max(this.least, max ?? 0))] },
      },
      axes: [
        {
          stroke: ink.quiet,
          font,
          grid: { show: false },
          ticks: { show: false },
          size: 22,
          gap: 4,
          space: 70,
          incrs: INCREMENTS,
          values: (_plot, splits) => splits.map((t) => (step >= HOUR_S ? DAY.format(t * 1000) : clock(t))),
        },
        {
          stroke: ink.quiet,
          font,
          size: 42,
          gap: 6,
          grid: { stroke: ink.line, width: 1 },
          ticks: { show: false },
          splits: (_plot, _axis, _min, max) => [0, max / 2, max],
          values: (_plot, splits) =>
            splits.map((split) => split.toLocaleString(locale, { maximumSignificantDigits: 3 })),
        },
      ],
      series: [{}, ...lines.map((line) => this.series(line, ink))],
      hooks: {
        setCursor: [() => this.tellCursor()],
        draw: [(plot) => this.drawMarks(plot, ink, font), (plot) => this.drawLast(plot, ink)],
      },
    };
  }

  /** @param {Line} line @param {Record<string, string>} ink @returns {import("uplot").Series} */
  series(line, ink) {
    const stroke = line.dashed ? ink.quiet : ink.tide;
    if (this.kind === "bars") {
      const paths = uPlot.paths.bars?.({ size: [0.72, 14], radius: 0.15 });
      return { label: line.label, stroke, fill: stroke, width: 0, points: { show: false }, ...(paths && { paths }) };
    }
    return {
      label: line.label,
      stroke,
      width: line.dashed ? 1.5 : 2,
      points: { show: false },
      ...(line.dashed && { dash: [4, 3] }),
      ...(this.kind === "area" && { fill: colour("--tide-wash") }),
    };
  }

  /** The moments at which servers began. @param {uPlot} plot @param {Record<string, string>} ink @param {string} font */
  drawMarks(plot, ink, font) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = ink.quiet ?? "";
    ctx.font = font.replace("11px", `${11 * ratio}px`);
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    const end = bbox.left + bbox.width;
    let taken = 0;
    for (const mark of this.shown.marks.filter((each) => each > (this.shown.t[0] ?? 0))) {
      const x = Math.min(Math.round(plot.valToPos(mark, "x", true)), end);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const words = _("start {time}", { time: clock(mark) });
      const width = ctx.measureText(words).width;
      const left = Math.min(x, end - width);
      if (left < taken) continue;
      taken = left + width + 8 * ratio;
      ctx.fillText(words, left, bbox.top - (MARKS_ABOVE - 2) * ratio);
    }
    ctx.restore();
  }

  /** The last values beside their ends; where two would overlap, the first of them. @param {uPlot} plot @param {Record<string, string>} ink */
  drawLast(plot, ink) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const family = getComputedStyle(document.body).fontFamily;
    ctx.save();
    ctx.fillStyle = ink.strong ?? "";
    ctx.font = `650 ${12 * ratio}px ${family}`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    /** @type {number[]} */
    const taken = [];
    for (const line of this.shown.lines) {
      const value = line.values.at(-1);
      if (value === null || value === undefined) continue;
      const y = plot.valToPos(value, "y", true);
      if (taken.some((other) => Math.abs(other - y) < CLOSE * ratio)) continue;
      taken.push(y);
      if (this.kind !== "bars" && !line.dashed) this.drawEnd(plot, y, ink);
      ctx.fillText(shown(value), bbox.left + bbox.width + 8 * ratio, y);
    }
    ctx.restore();
  }

  /** A dot where the line ends. @param {uPlot} plot @param {number} y @param {Record<string, string>} ink */
  drawEnd(plot, y, ink) {
    const { ctx } = plot;
    ctx.save();
    ctx.fillStyle = ink.tide ?? "";
    ctx.strokeStyle = ink.paper ?? "";
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    ctx.arc(plot.valToPos(this.shown.t.at(-1) ?? 0, "x", true), y, 4 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
    ctx.restore();
  }

  /** What the pointer is at, in words beside the title. */
  tellCursor() {
    const at = this.drawn?.cursor.idx;
    const { t: moments, lines, step } = this.shown;
    const t = at === null || at === undefined ? undefined : moments[at];
    if (t === undefined || at === null || at === undefined) {
      this.output.value = "";
      return;
    }
    const values = lines.map((line) => shown(line.values[at]));
    this.output.value = `${momentOf(t, step)}: ${values.join(" / ")}`;
  }

  /** The same as a table: one row a minute, or a step that is longer; the newest first. */
  writeNumbers() {
    const place = /** @type {HTMLElement} */ (this.details.querySelector(".plot__numbers"));
    if (!this.details.open) return;
    const { t, lines, step } = this.shown;
    const table = document.createElement("table");
    table.className = "tbl";
    const head = table.createTHead().insertRow();
    for (const label of [_("Time"), ...lines.map((line) => line.label)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = label;
      head.append(cell);
    }
    const body = table.createTBody();
    for (let n = t.length - 1; n >= 0; n -= Math.max(1, Math.round(60 / step))) {
      const row = body.insertRow();
      row.insertCell().textContent = momentOf(t[n] ?? 0, step);
      for (const line of lines) row.insertCell().textContent = shown(line.values[n]);
    }
    place.replaceChildren(table);
  }
}
