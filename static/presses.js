// A button that acts on one part of a long page acts without loading the page anew: the answer replaces what the page
// shows, and the part where something was done takes the focus. Without this the same button loads the page.
import { initAll } from "./govuk/govuk-frontend.min.js";

document.addEventListener("submit", whenSubmitted);

async function whenSubmitted(event) {
  const button = event.submitter;
  const form = event.target;
  if (!form.matches("[data-presses]") || !button?.matches("[data-press]") || form.dataset.isSending || event.defaultPrevented) return;
  event.preventDefault();
  form.dataset.isSending = "yes";
  const place = button.closest("section")?.id;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    if (!main?.querySelector("[data-presses]")) throw new Error("Another page");
    replace(main, page.title, place);
  } catch {
    delete form.dataset.isSending;
    const again = document.createElement("input"); // the browser takes over: it says what is wrong
    again.type = "hidden";
    again.name = button.name;
    again.value = button.value;
    form.append(again);
    HTMLFormElement.prototype.submit.call(form);
  }
}

function replace(main, title, place) {
  document.querySelector("main").replaceWith(main);
  document.title = title;
  initAll({ scope: main });
  document.dispatchEvent(new CustomEvent("presses:replaced", { detail: { main } }));
  const done = main.querySelector(`#done-${place}, .govuk-notification-banner[role=alert], .govuk-error-summary`) ?? main.querySelector(`#${place}`);
  if (!done) return;
  done.setAttribute("tabindex", "-1");
  done.focus({ preventScroll: true });
  done.scrollIntoView({ block: "nearest" });
}
