// Adds a button to copy each address on the page of feeds, in browsers that let pages copy. Without this file
// nothing is missing: a click selects the whole address.

const page = document.querySelector("[data-copy]");

for (const address of navigator.clipboard ? page.querySelectorAll(".addresses code") : []) {
  const button = document.createElement("button");
  const told = document.createElement("span");
  button.type = "button";
  button.className = "copy";
  button.append(told);
  told.setAttribute("aria-live", "polite");
  told.textContent = page.dataset.copy;
  address.id ||= `address-${document.querySelectorAll(".copy").length}`;
  button.setAttribute("aria-describedby", address.id);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(address.textContent);
      told.textContent = page.dataset.copied;
      setTimeout(() => (told.textContent = page.dataset.copy), 2000);
    } catch {
      getSelection().selectAllChildren(address);
    }
  });
  address.after(button);
}
