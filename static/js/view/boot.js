/**
 * What the server tells the page at the start.
 *
 * @typedef {object} Boot
 * @property {any} me the person who is signed in, as `user` in the protocol
 * @property {{ name: string }} site
 * @property {{ rooms: string, signIn: string, signOut: string, icons: string, logo: string, logoFlag: string,
 *   logoOffline: string }} urls
 * @property {{ textBytes: number, nameLength: number, topicLength: number }} limits
 */

/** @type {Boot} */
export const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
