/** The REST client: same origin, session cookie, CSRF token; errors become ChatError. */
import { ChatError, connectionLost } from "./errors.js";

const SAFE = new Set(["GET", "HEAD"]);
/** What a status means that came without words of the application. */
const CODES = /** @type {Record<number, string>} */ ({ 401: "unauthenticated", 413: "too_large" });

/** The CSRF token, from Django's cookie, else from a meta tag (for sites that hide the cookie from scripts). */
export function pageCsrfToken() {
  const match = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie);
  if (match?.[1]) return decodeURIComponent(match[1]);
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

export class Api {
  /**
   * @param {{ baseUrl?: string, csrfToken?: () => string, fetch?: typeof fetch }} [options]
   */
  constructor({ baseUrl = "/api/v1/", csrfToken = pageCsrfToken, fetch = globalThis.fetch } = {}) {
    this.baseUrl = baseUrl;
    this.csrfToken = csrfToken;
    this.fetch = fetch.bind(globalThis);
  }

  /** The whole address of a path. @param {string} path */
  address(path) {
    return new URL(path, new URL(this.baseUrl, globalThis.location?.href));
  }

  /** @param {string} path relative to the API's root, with its query */
  get(path) {
    return this.call("GET", path);
  }

  /** @param {string} path @param {unknown} [body] */
  post(path, body = {}) {
    return this.call("POST", path, body);
  }

  /** @param {string} path @param {unknown} [body] */
  patch(path, body = {}) {
    return this.call("PATCH", path, body);
  }

  /** @param {string} path */
  delete(path) {
    return this.call("DELETE", path);
  }

  /**
   * One call. Rejects with ChatError; `connection_lost` when there was no answer.
   * @param {string} method @param {string} path @param {unknown} [body]
   * @returns {Promise<any>} the decoded answer, null when there is none
   */
  async call(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    // Refusals come in the language of the page, which the person may have chosen other than the browser's.
    const language = globalThis.document?.documentElement.lang;
    if (language) headers["Accept-Language"] = language;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (!SAFE.has(method)) headers["X-CSRFToken"] = this.csrfToken();
    /** @type {Response} */
    let response;
    try {
      response = await this.fetch(this.address(path), {
        method,
        headers,
        credentials: "same-origin",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw connectionLost("The server cannot be reached.");
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw refusal(response, answer);
    return answer;
  }

  /**
   * All results of a list, over its pages.
   * @param {string} path @param {number} [maxPages] a guard against an endless list
   * @returns {Promise<any[]>}
   */
  async list(path, maxPages = 50) {
    const results = [];
    const separator = path.includes("?") ? "&" : "?";
    let next = path;
    for (let page = 0; page < maxPages && next; page++) {
      const answer = await this.get(next);
      results.push(...answer.results);
      next = answer.next ? `${path}${separator}cursor=${encodeURIComponent(answer.next)}` : "";
    }
    return results;
  }
}

/** What an answer that is no success means. @param {{ status: number, statusText: string }} response @param {any} answer */
export function refusal(response, answer) {
  if (answer?.error?.code) return new ChatError(answer.error);
  // Something before the application answered: a proxy, say.
  const code = CODES[response.status] ?? (response.status >= 500 ? "overloaded" : "bad_request");
  return new ChatError({ code, message: response.statusText, retryable: response.status >= 500 });
}
