/**
 * Stands in for the package "punycode.js" when markdown-it is bundled (see vendor.json): the browser writes the names of
 * hosts in ASCII itself. Nothing is turned back: who writes `xn--…` sees `xn--…`, so that no name passes for one that looks alike.
 */
export default {
  /** @param {string} host as somebody wrote it */
  toASCII(host) {
    return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  },
  /** @param {string} host */
  toUnicode(host) {
    return host;
  },
};
