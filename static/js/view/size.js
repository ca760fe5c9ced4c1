/** The size of a text as the server counts it. */

const encoder = new TextEncoder();

/** Bytes of UTF-8. @param {string} text */
export const bytes = (text) => encoder.encode(text).length;
