/** The document's title and icon: how much is for you, and whether the page is cut off. */
import { boot } from "./boot.js";

/**
 * @param {{ room: string, forYou: number, offline: boolean }} facts
 */
export function showTitle({ room, forYou, offline }) {
  const count = forYou > 0 ? `(${forYou > 99 ? "99+" : forYou}) ` : "";
  const title = `${count}${room ? `${room}, ` : ""}${boot.site.name}`;
  if (document.title !== title) document.title = title;
  const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  const wanted = offline ? boot.urls.logoOffline : forYou > 0 ? boot.urls.logoFlag : boot.urls.logo;
  if (icon && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
}
