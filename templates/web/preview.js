// Loads a page of the preview again when a file of the newsroom has been saved, and leaves it as it was: scrolled,
// also within its frames, and with what was unfolded. The keys ← and → change the view; as they are no letters,
// they take nothing from somebody who speaks or types.

const KEPT = "left";
const FOCUS = "views";
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const views = document.querySelector(".views");
const stamp = document.documentElement.dataset.stamp;
const saves = new EventSource(new URL(`saved.stream?seen=${stamp}`, import.meta.url));

let isRestored = false;
let isComingBack = false;

const isBroken = () => document.querySelector(".message") !== null;
const frames = () => [...document.querySelectorAll("iframe")];

function topOf(frame) {
  try {
    return frame.contentWindow.scrollY;
  } catch {
    return 0; // somebody has gone elsewhere in it
  }
}

function scrollInside(frame, top) {
  try {
    frame.contentWindow.scrollTo(0, top);
  } catch {
    // It could not be loaded, as when the preview was just ended.
  }
}

function keepFocus() {
  if (views?.contains(document.activeElement)) sessionStorage.setItem(FOCUS, "yes");
}

function keep() {
  // What was kept before it broke is for the page that comes back, also where the next save comes sooner.
  if (isBroken() || !isRestored) return;
  const open = [...document.querySelectorAll("details[open]")].map((each) => each.id);
  const inside = frames().map(topOf);
  const left = { address: location.pathname + location.search, top: scrollY, open, inside };
  sessionStorage.setItem(KEPT, JSON.stringify(left));
}

function restore() {
  isRestored = true;
  const left = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  const isSame = left.address === location.pathname + location.search;
  if (isSame && isBroken()) return;
  sessionStorage.removeItem(KEPT);
  if (!isSame) return;
  for (const id of left.open) document.getElementById(id)?.setAttribute("open", "");
  scrollTo(0, left.top);
  frames().forEach((frame, index) => scrollInside(frame, left.inside[index] ?? 0));
}

saves.addEventListener("saved", () => {
  keep();
  keepFocus();
  isComingBack = true;
  location.reload();
});
addEventListener("pagehide", () => {
  saves.close();
  // What the browser knows when a page comes back may be where a broken one was.
  history.scrollRestoration = isComingBack ? "manual" : "auto";
});
addEventListener("load", restore);

function changeView(event) {
  const step = STEPS[event.key];
  if (!views || !step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const links = [...views.querySelectorAll("a")];
  const now = links.findIndex((link) => link.ariaCurrent);
  keepFocus();
  event.preventDefault();
  location.assign(links[(now + step + links.length) % links.length].href);
}

addEventListener("keydown", changeView);
addEventListener("load", () => {
  // Whoever has clicked into the mail is in its frame, and the keys with them.
  for (const frame of frames()) frame.contentDocument?.addEventListener("keydown", changeView);
});

if (views && sessionStorage.getItem(FOCUS)) {
  sessionStorage.removeItem(FOCUS);
  views.querySelector("[aria-current]")?.focus();
}
