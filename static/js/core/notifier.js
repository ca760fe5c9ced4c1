/** An EventTarget that gathers its changes: however many in one turn, listeners hear one `change`, after the turn. */
export class Notifier extends EventTarget {
  #queued = false;

  /** Call after every change of what the object shows. */
  changed() {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.dispatchEvent(new Event("change"));
    });
  }
}
