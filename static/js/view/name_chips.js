/** Other people's names in a text: a press, or Enter on one, shows who they are. */

/** @param {View.Page} page @param {DocumentFragment} text */
export function pressable(page, text) {
  const chips = /** @type {NodeListOf<HTMLElement>} */ (text.querySelectorAll(".mention[data-user]:not([data-me])"));
  for (const chip of chips) {
    const { user } = chip.dataset;
    if (!user) continue; // everyone
    const open = () => void show(page, chip, user);
    chip.role = "button";
    chip.ariaHasPopup = "dialog";
    chip.addEventListener("click", open);
    chip.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }
}

/** @param {View.Page} page @param {HTMLElement} chip @param {string} id */
async function show(page, chip, id) {
  try {
    const { PersonCard } = await import("./person_card.js");
    new PersonCard(page, chip, id).show();
  } catch {
    page.layers.cannotLoad();
  }
}
