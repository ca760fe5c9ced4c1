/** One file on its way to the server. `fetch` does not tell how far it is, so this is an XMLHttpRequest. */
import { refusal } from "./api.js";
import { ChatError, connectionLost } from "./errors.js";

/**
 * Sends one file as `multipart/form-data`.
 * @param {import("./api.js").Api} api
 * @param {{ room: Wire.Id, id: string, file: Blob, name: string, alt: string }} wanted `id`: the same again makes no second file
 * @param {(sent: number) => void} onProgress bytes on the wire
 * @returns {{ done: Promise<Wire.Attachment>, cancel: Core.Cancel }} `done` rejects with ChatError
 */
export function transfer(api, { room, id, file, name, alt }, onProgress) {
  const request = new XMLHttpRequest();
  const form = new FormData();
  // What a server that reads as it comes needs to know of the file stands before it.
  if (alt) form.append("alt", alt);
  form.append("file", file, name);
  /** @type {Promise<Wire.Attachment>} */
  const done = new Promise((resolve, reject) => {
    request.open("POST", api.address(`rooms/${encodeURIComponent(room)}/attachments/`));
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", api.csrfToken());
    request.setRequestHeader("Idempotency-Key", id);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (request.status < 300 && answer) resolve(answer);
      else reject(refusal(request, answer));
    });
    request.addEventListener("error", () => reject(connectionLost("The server cannot be reached.")));
    request.addEventListener("abort", () => reject(new ChatError({ code: "cancelled" })));
  });
  request.send(form);
  return { done, cancel: () => request.abort() };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
