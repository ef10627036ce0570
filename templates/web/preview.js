// Loads a page of the preview again when a file of the newsroom has been saved.

const stamp = document.documentElement.dataset.stamp;
const saves = new EventSource(new URL(`saved.stream?seen=${stamp}`, import.meta.url));

saves.addEventListener("saved", () => location.reload());
addEventListener("pagehide", () => saves.close());
