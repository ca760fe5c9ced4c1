/** A transfer that goes on, or is given up: of a connection that just died no browser says so for a quarter of an hour. */
import { connectionLost } from "./errors.js";

/** Nothing more went up for so long (ms): the connection is lost. A slow one empties what the browser has handed on by then. */
const SILENT = 120_000;
/** Another connection had to be made, and was: a transfer that was silent for so long was lost with the first. */
const SILENT_WITH_IT = 10_000;

/**
 * @template T
 * @param {Core.Clock} clock
 * @param {(heard: () => void) => { done: Promise<T>, cancel: Core.Cancel }} begin
 * @returns {{ done: Promise<T>, cancel: Core.Cancel, resume: () => void }} `resume`: the connection is good again
 */
export function watched(clock, begin) {
  let lost = false;
  let at = clock.now();
  let rest = clock.after(SILENT, giveUp);
  const { done, cancel } = begin(() => {
    at = clock.now();
    rest();
    rest = clock.after(SILENT, giveUp);
  });

  function giveUp() {
    lost = true;
    cancel();
  }

  return {
    done: done.finally(() => rest()).catch((error) => Promise.reject(lost ? connectionLost() : error)),
    cancel,
    resume: () => {
      if (clock.now() - at >= SILENT_WITH_IT) giveUp();
    },
  };
}
