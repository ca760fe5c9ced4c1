/** Figures over time, drawn by uPlot in the page's own colours. */
import uPlot from "uplot";
import { latest, roundAbove, shown } from "./figures.js";

/**
 * @typedef {{label: string, values: import("./figures.js").Column, dashed?: boolean}} Line
 * @typedef {"bars" | "area" | "lines"} Kind
 */

const HEIGHT = 152;
const END = 52; // room at the right for the last values
const STEP_S = 15;
const CLOSE = 13; // labels nearer to each other than this would overlap

/** What a custom property is at this moment, in this theme, as a canvas takes it. */
function colour(/** @type {string} */ name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const clock = (/** @type {number} */ t) =>
  new Date(t * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

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
    /** @type {number[]} */
    this.t = [];
    /** @type {Line[]} */
    this.lines = [];
    /** @type {number[]} */
    this.marks = [];
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
    this.show(this.t, this.lines, this.marks);
  }

  /**
   * @param {number[]} t @param {Line[]} lines
   * @param {number[]} marks when a server began (seconds)
   */
  show(t, lines, marks = []) {
    this.t = t;
    this.lines = lines;
    this.marks = marks;
    const data = /** @type {import("uplot").AlignedData} */ ([t, ...lines.map((line) => line.values)]);
    const shape = lines.map((line) => line.label).join("\n");
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
    const ink = { strong: colour("--ink"), quiet: colour("--ink-3"), line: colour("--line"), tide: colour("--tide") };
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    return {
      ...this.size(),
      padding: [8, END, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false, setScale: false } },
      scales: {
        x: { range: (_, min, max) => [min - STEP_S / 2, max + STEP_S / 2] },
        y: { range: (_, __, max) => [0, roundAbove(Math.max(this.least, max ?? 0))] },
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
          incrs: [60, 120, 300, 600, 900],
          values: (_, splits) => splits.map(clock),
        },
        {
          stroke: ink.quiet,
          font,
          size: 42,
          gap: 6,
          grid: { stroke: ink.line, width: 1 },
          ticks: { show: false },
          splits: (_, __, ___, max) => [0, max / 2, max],
          values: (_, splits) => splits.map((split) => split.toLocaleString("en", { maximumSignificantDigits: 3 })),
        },
      ],
      series: [{}, ...this.lines.map((line) => this.series(line, ink))],
      hooks: {
        setCursor: [() => this.tellCursor()],
        draw: [(plot) => this.drawMarks(plot, ink, font), (plot) => this.drawLast(plot, ink.strong)],
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
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    for (const mark of this.marks.filter((each) => each > (this.t[0] ?? 0))) {
      const x = Math.round(plot.valToPos(mark, "x", true));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const right = x > bbox.left + bbox.width * 0.8;
      ctx.textAlign = right ? "right" : "left";
      ctx.fillText(`start ${clock(mark)}`, x + (right ? -4 : 4) * ratio, bbox.top);
    }
    ctx.restore();
  }

  /** The last values beside their ends; where two would overlap, the first of them. @param {uPlot} plot @param {string} ink */
  drawLast(plot, ink) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const family = getComputedStyle(document.body).fontFamily;
    ctx.save();
    ctx.fillStyle = ink;
    ctx.font = `650 ${12 * ratio}px ${family}`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    /** @type {number[]} */
    const taken = [];
    for (const line of this.lines) {
      const value = line.values.at(-1);
      if (value === null || value === undefined) continue;
      const y = plot.valToPos(value, "y", true);
      if (taken.some((other) => Math.abs(other - y) < CLOSE * ratio)) continue;
      taken.push(y);
      ctx.fillText(shown(value), bbox.left + bbox.width + 8 * ratio, y);
    }
    ctx.restore();
  }

  /** What the pointer is at, in words beside the title. */
  tellCursor() {
    const at = this.drawn?.cursor.idx;
    const t = at === null || at === undefined ? undefined : this.t[at];
    if (t === undefined || at === null || at === undefined) {
      this.output.value = "";
      return;
    }
    const values = this.lines.map((line) => shown(line.values[at]));
    this.output.value = `${clock(t)}: ${values.join(" / ")}`;
  }

  /** The same as a table: one row a minute, the newest first. */
  writeNumbers() {
    const place = /** @type {HTMLElement} */ (this.details.querySelector(".plot__numbers"));
    if (!this.details.open) return;
    const table = document.createElement("table");
    table.className = "tbl";
    const head = table.createTHead().insertRow();
    for (const label of ["Time", ...this.lines.map((line) => line.label)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = label;
      head.append(cell);
    }
    const body = table.createTBody();
    for (let n = this.t.length - 1; n >= 0; n -= 4) {
      const row = body.insertRow();
      row.insertCell().textContent = clock(this.t[n] ?? 0);
      for (const line of this.lines) row.insertCell().textContent = shown(line.values[n]);
    }
    place.replaceChildren(table);
  }
}
