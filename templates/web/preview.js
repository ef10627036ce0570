// Loads a page of the preview again when a file of the newsroom has been saved, and leaves it as it was: scrolled,
// with what was unfolded. The keys ← and → change the view; they are no letters, so nobody types one by mistake.

const KEPT = "left";
const stamp = document.documentElement.dataset.stamp;
const saves = new EventSource(new URL(`saved.stream?seen=${stamp}`, import.meta.url));

const isBroken = () => document.querySelector(".message") !== null;

function keep() {
  if (isBroken()) return; // what was kept before it broke is for the page that comes back
  const open = [...document.querySelectorAll("details[open]")].map((each) => each.id);
  const left = { address: location.pathname + location.search, top: scrollY, open };
  sessionStorage.setItem(KEPT, JSON.stringify(left));
}

function restore() {
  const left = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  const isSame = left.address === location.pathname + location.search;
  if (isSame && isBroken()) return;
  sessionStorage.removeItem(KEPT);
  if (!isSame) return;
  for (const id of left.open) document.getElementById(id)?.setAttribute("open", "");
  scrollTo({ top: left.top, behavior: "instant" });
}

saves.addEventListener("saved", () => {
  keep();
  location.reload();
});
addEventListener("pagehide", () => saves.close());
addEventListener("load", restore);

const FOCUS = "views";
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const views = document.querySelector(".views");

addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!views || !step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const links = [...views.querySelectorAll("a")];
  const now = links.findIndex((link) => link.ariaCurrent);
  if (views.contains(document.activeElement)) sessionStorage.setItem(FOCUS, "yes");
  event.preventDefault();
  location.assign(links[(now + step + links.length) % links.length].href);
});

if (views && sessionStorage.getItem(FOCUS)) {
  sessionStorage.removeItem(FOCUS);
  views.querySelector("[aria-current]")?.focus();
}
