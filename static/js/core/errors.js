/**
 * A refusal, from the socket, from REST or from the page's own rules. `code` is one of the protocol's error codes, or
 * one of ours: `connection_lost` (no answer, the outcome is unknown) and `timeout` (the same, on a living connection).
 */
export class ChatError extends Error {
  /** @param {Partial<Wire.ErrorBody> & { code: string }} body */
  constructor(body) {
    super(body.message || body.code);
    this.name = "ChatError";
    this.code = body.code;
    this.retryable = body.retryable ?? false;
    this.retryAfterMs = body.retry_after_ms ?? null;
    this.field = body.field ?? null;
  }

  /** The error as plain data, to be stored. @returns {Wire.ErrorBody} */
  toBody() {
    const { code, message, retryable, field } = this;
    return { code, message, retryable, ...(field ? { field } : {}) };
  }
}

/** @param {string} message */
export const connectionLost = (message = "The connection was lost.") =>
  new ChatError({ code: "connection_lost", message, retryable: true });

/**
 * Anything thrown, as a ChatError; what isn't one is our own fault.
 * @param {unknown} error
 */
export function asChatError(error) {
  if (error instanceof ChatError) return error;
  return new ChatError({ code: "internal", message: String(error), retryable: true });
}
