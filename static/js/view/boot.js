/** What the server tells the page at the start. */

/** @type {View.Boot} */
export const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
