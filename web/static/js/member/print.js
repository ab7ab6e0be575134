/** The button that prints the page; without a script there is none, and the browser's own menu does it. */
import { $$, show } from "../lib/dom.js";

for (const button of $$("[data-print]")) {
  show(button);
  button.addEventListener("click", () => print());
}
