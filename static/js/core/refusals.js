/** What an error of a send means for the message: try again, or show it to the person. */

/** The same message may succeed later. Everything else is the server's final word. */
const RETRY = new Set(["overloaded", "rate_limited", "internal", "connection_lost", "timeout", "unauthenticated"]);

/** A fault that persists for this one message must not hold up those behind it for ever. */
const MAX_INTERNAL = 8;

/**
 * @param {{ code: string }} error
 * @param {number} failures how often in a row this message met `internal`
 */
export function isFinal(error, failures) {
  if (error.code === "internal") return failures >= MAX_INTERNAL;
  return !RETRY.has(error.code);
}

/**
 * The ways out of a failure, in the order to offer them.
 * @param {Wire.ErrorBody | null} error
 * @returns {("retry" | "edit" | "discard")[]}
 */
export function failureActions(error) {
  if (error?.field === "attachments") return ["edit", "discard"];
  switch (error?.code) {
    case "too_large":
    case "bad_request":
      return ["edit", "discard"];
    case "not_found":
    case "archived":
      return ["discard"];
    default:
      return ["retry", "edit", "discard"];
  }
}
