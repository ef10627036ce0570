// Adds a button to copy each address on the page of feeds, in browsers that let pages copy. Without this file
// nothing is missing: a click selects the whole address. A button is named after its feed, such as "Copy Issues
// Atom", and what was copied is told to those who do not see it.

const page = document.querySelector("[data-copy]");
const said = document.createElement("p");

said.className = "told";
said.setAttribute("role", "status");
page.append(said);

for (const address of navigator.clipboard ? page.querySelectorAll(".addresses code") : []) {
  const button = document.createElement("button");
  const told = document.createElement("span");
  const number = document.querySelectorAll(".copy").length;
  const feed = [address.closest("section").querySelector("h2"), address.parentElement.querySelector("a")];
  button.type = "button";
  button.className = "copy";
  button.append(told);
  told.textContent = page.dataset.copy;
  told.id = `copy-${number}`;
  feed.forEach((part, place) => (part.id ||= `feed-${number}-${place}`));
  button.setAttribute("aria-labelledby", [told, ...feed].map((part) => part.id).join(" "));
  address.id ||= `address-${number}`;
  button.setAttribute("aria-describedby", address.id);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(address.textContent);
      told.textContent = page.dataset.copied;
      said.textContent = `${page.dataset.copied}: ${feed.map((part) => part.textContent).join(", ")}`;
      setTimeout(() => {
        told.textContent = page.dataset.copy;
        said.textContent = "";
      }, 2000);
    } catch {
      getSelection().selectAllChildren(address);
    }
  });
  address.after(button);
}
