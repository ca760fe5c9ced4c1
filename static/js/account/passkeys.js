/**
 * Passkeys: making one, showing one. Each form with `data-passkey` asks the browser when it is sent, and carries the answer.
 *
 * What the server offers and what the browser answers is JSON with bytes in base64url. Newer browsers translate it
 * themselves; for the others it is done here.
 */
import { _ } from "../core/i18n.js";

/** @typedef {Record<string, any>} Json */

/** @param {string} text */
function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

/** @param {ArrayBuffer} bytes */
function toText(bytes) {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {Json[]} listed */
const withBytes = (listed) => listed.map((one) => ({ ...one, id: toBytes(one.id) }));

/** @param {Json} offered @returns {Promise<Credential | null>} */
function make(offered) {
  const wanted = offered.publicKey;
  return navigator.credentials.create({
    publicKey: {
      ...wanted,
      challenge: toBytes(wanted.challenge),
      user: { ...wanted.user, id: toBytes(wanted.user.id) },
      excludeCredentials: withBytes(wanted.excludeCredentials ?? []),
      // A passkey knows whose it is, and asks who holds it.
      authenticatorSelection: {
        ...wanted.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
}

/** @param {Json} offered @returns {Promise<Credential | null>} */
function show(offered) {
  const wanted = offered.publicKey;
  return navigator.credentials.get({
    publicKey: {
      ...wanted,
      challenge: toBytes(wanted.challenge),
      allowCredentials: withBytes(wanted.allowCredentials ?? []),
    },
  });
}

/** @param {Json} credential */
function toJson(credential) {
  /** @type {Json} */
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

/** What the server offers: on the page, or for the door, where nobody is known yet, asked for. @param {HTMLFormElement} form */
async function offer(form) {
  if (form.dataset.passkey !== "sign-in") {
    return JSON.parse(document.getElementById("passkey-data")?.textContent ?? "{}");
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** @param {unknown} error */
function wordsFor(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "InvalidStateError") return _("This device has a passkey of yours already.");
  if (name === "NotAllowedError") return _("That was cancelled, or took too long. Try again.");
  if (name === "SecurityError") return _("Passkeys work at the public address of this place only.");
  return _("That did not work. Try again.");
}

/** @param {HTMLFormElement} form */
function wire(form) {
  const problem = /** @type {HTMLElement} */ (form.querySelector("[role=alert]"));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const offered = await offer(form);
      const made = form.dataset.passkey === "make";
      const credential = await (made ? make(offered.creation_options) : show(offered.request_options));
      field.value = JSON.stringify(toJson(/** @type {Json} */ (credential)));
      form.submit();
    } catch (error) {
      problem.textContent = wordsFor(error);
      problem.hidden = false;
    }
  });
}

if ("PublicKeyCredential" in globalThis) {
  for (const form of document.querySelectorAll("form[data-passkey]")) wire(/** @type {HTMLFormElement} */ (form));
}
