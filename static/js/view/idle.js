/** Away: ten minutes without any input at this page. The first input brings one back. */

const AWAY_AFTER_MS = 600_000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

export class Idle {
  #lastInput = Date.now();
  #away = false;

  /** @param {(state: "online" | "away") => void} tell */
  constructor(tell) {
    this.tell = tell;
  }

  start() {
    for (const type of INPUTS) addEventListener(type, this.#input, { passive: true, capture: true });
    this.#check();
  }

  #input = () => {
    this.#lastInput = Date.now();
    if (!this.#away) return;
    this.#away = false;
    this.tell("online");
    this.#check();
  };

  #check = () => {
    const left = this.#lastInput + AWAY_AFTER_MS - Date.now();
    if (left > 0) {
      setTimeout(this.#check, left);
      return;
    }
    this.#away = true;
    this.tell("away");
  };
}
