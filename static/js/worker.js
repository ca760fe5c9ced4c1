/**
 * The service worker: starts the page without a connection, and shows what is pushed to this device.
 *
 * A classic script, because not every browser takes modules here. The server puts `self.PARLEY` before it: the version and
 * names of the page's files, so that another version is another worker. It keeps the page's files and one empty shell;
 * nothing of the API, the account pages or the admin. What was said lies in IndexedDB (`core/last-state.js`).
 */

const { version, files, statics, rooms, doors, icon, badge } = self.PARLEY;
const FILES = `files-${version}`;
const SHELL = "shell";
const LAST_STATE = "parley-last";
/** A proxy's word for a server that is not there. */
const GONE = new Set([502, 503, 504]);

/** Grows when everything personal is thrown away: what was on its way then is not kept. */
let forgotten = 0;

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (doors.includes(pathname)) event.waitUntil(forget());
    else if (pathname.startsWith(rooms) && request.method === "GET") event.respondWith(openPage(event));
  } else if (version && request.method === "GET" && pathname.startsWith(statics)) {
    event.respondWith(openFile(request));
  }
});

self.addEventListener("message", (event) => {
  const { type, ...told } = event.data ?? {};
  const work = { "keep-shell": keepShell, forget, notify: show, read: closeRead }[type];
  if (work) event.waitUntil(work(told));
});

// --- The page's files ---

/**
 * What an earlier version has kept under the same name is the same. Then it takes over at once: no page is loaded anew by
 * that, and what an open page of the version before still wants is kept beside.
 */
async function keepFiles() {
  await self.skipWaiting();
  if (!version) return;
  const cache = await caches.open(FILES);
  const missing = [];
  for (const file of files) {
    const kept = await caches.match(file);
    if (kept) await cache.put(file, kept);
    else missing.push(file);
  }
  await cache.addAll(missing);
}

async function begin() {
  const kept = (await caches.keys()).filter((name) => name.startsWith("files-") && name !== FILES);
  await Promise.all(kept.slice(0, -1).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function openFile(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

// --- The shell ---

/** From the server while there is one. Where it leads to the door, or to another person, nothing is kept of this one. */
async function openPage(event) {
  try {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    if (GONE.has(response.status)) return (await shell()) ?? response;
    const toDoor = response.type === "opaqueredirect" && new URL(event.request.url).pathname.endsWith("/");
    if (toDoor || (await ofAnother(response))) await forget();
    return response;
  } catch {
    return (await shell()) ?? Response.error();
  }
}

const shell = () => caches.match(rooms, { cacheName: SHELL, ignoreVary: true });

async function ofAnother(response) {
  const person = response.headers.get("X-Page-Person");
  const kept = await shell();
  return person !== null && kept !== undefined && kept.headers.get("X-Page-Person") !== person;
}

/** Keeps the shell of this version for the next start. */
async function keepShell() {
  const before = forgotten;
  const response = await fetch(rooms).catch(() => null);
  if (!version || !response?.ok || response.redirected || response.headers.get("X-Page-Version") !== version) return;
  const cache = await caches.open(SHELL);
  if (before === forgotten) await cache.put(rooms, response);
}

/** Nobody is signed in any more: throws away the shell, what was last said, and what is shown of it. */
async function forget() {
  forgotten += 1;
  await Promise.all([caches.delete(SHELL), forgetLastState(), closeAll(), endPushes()]);
}

/** Empties the stores rather than deleting the database, which an open page would hold up. */
function forgetLastState() {
  return new Promise((resolve) => {
    const opening = self.indexedDB.open(LAST_STATE);
    opening.onupgradeneeded = () => opening.transaction.abort(); // there is none
    opening.onerror = () => resolve();
    opening.onsuccess = () => {
      const database = opening.result;
      const names = [...database.objectStoreNames];
      const transaction = database.transaction(names, "readwrite");
      for (const name of names) transaction.objectStore(name).clear();
      transaction.oncomplete = transaction.onabort = () => {
        database.close();
        resolve();
      };
    };
  });
}

// --- Notifications ---

self.addEventListener("push", (event) => {
  const told = pushed(event.data);
  if (told) event.waitUntil(told.kind === "read" ? closeRead(told) : show(told));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openAt(event.notification.data?.url));
});

/** What is shown is looked at and changed one after another: what is read at once must not come after all. */
let turn = Promise.resolve();
const inTurn = (work) => {
  turn = turn.then(work, work);
  return turn;
};

function pushed(data) {
  try {
    return data.json();
  } catch {
    return null; // not for this page
  }
}

/**
 * One notification a room, of its newest message; the same again was edited, or comes by another way, and makes no sound. None
 * while somebody looks at the page, which shows it by itself.
 */
const show = (told) => inTurn(() => showNow(told));

async function showNow({ room, seq, tag = room, title, body, url }) {
  const windows = await self.clients.matchAll({ type: "window" });
  if (windows.some((each) => each.focused && each.visibilityState === "visible")) return;
  const shown = (await self.registration.getNotifications()).filter(({ data }) => data?.room === room);
  if (shown.some(({ data }) => data.seq > seq)) return;
  const renotify = !shown.some(({ data }) => data.seq === seq);
  await self.registration.showNotification(title, { body, icon, badge, tag, renotify, data: { room, seq, url } });
  if (!windows.length) await self.navigator.setAppBadge?.().catch(() => {}); // it is not installed
}

/** What was read, here or on another device, is not shown any more. */
const closeRead = (told) => inTurn(() => closeReadNow(told));

async function closeReadNow({ room, seq }) {
  for (const shown of await self.registration.getNotifications())
    if (shown.data?.room === room && shown.data.seq <= seq) shown.close();
}

/** The page that is signed in next subscribes anew. */
async function endPushes() {
  const subscription = await self.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

async function closeAll() {
  for (const shown of await self.registration.getNotifications()) shown.close();
}

/** In the page that is open, or in a new one. */
async function openAt(url) {
  const wanted = new URL(url ?? rooms, self.location.origin);
  const path = wanted.origin === self.location.origin && wanted.pathname.startsWith(rooms) ? wanted.pathname : rooms;
  const windows = await self.clients.matchAll({ type: "window" });
  const page = windows.find((each) => new URL(each.url).pathname.startsWith(rooms));
  if (!page) return self.clients.openWindow(path);
  page.postMessage({ type: "open", path });
  return page.focus().catch(() => {}); // it is not allowed to come to the front
}
