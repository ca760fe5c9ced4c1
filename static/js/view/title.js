/** The document's title and icon: how much is for you, and whether the page is cut off. */
import { boot } from "./boot.js";

/** The icons as data, because the one for being offline cannot be fetched then. @type {Record<string, string>} */
const icons = {};

/** Brings the icons; call it once, early. */
export async function loadIcons() {
  const addresses = [boot.urls.logo, boot.urls.logoFlag, boot.urls.logoOffline];
  await Promise.all(
    addresses.map(async (address) => {
      const drawing = await (await fetch(address)).text();
      icons[address] = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
    }),
  );
}

let badge = -1;

/** The number on the icon of an installed page. @param {number} count */
function showBadge(count) {
  if (count === badge || !navigator.setAppBadge) return;
  badge = count;
  (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {}); // it is not installed
}

/**
 * @param {{ room: string, forYou: number, offline: boolean }} facts
 */
export function showTitle({ room, forYou, offline }) {
  const count = forYou > 0 ? `(${forYou > 99 ? "99+" : forYou}) ` : "";
  const title = `${count}${room ? `${room}, ` : ""}${boot.site.name}`;
  if (document.title !== title) document.title = title;
  showBadge(forYou);
  const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  const wanted = icons[offline ? boot.urls.logoOffline : forYou > 0 ? boot.urls.logoFlag : boot.urls.logo];
  if (icon && wanted && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
}
