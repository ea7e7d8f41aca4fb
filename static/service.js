// Starts what the page has of the GOV.UK components and of our own. Every page works without it.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, ServiceNavigation,
  SkipLink, createAll,
} from "./govuk/govuk-frontend.min.js";

// GOV.UK's radios say aria-expanded where an answer opens another question. ARIA does not allow that on a radio button
// (axe: aria-allowed-attr), so ours do not say it; the question that opens stands next after its answer.
class PlainRadios extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}

// All that we use; not initAll(), which would start GOV.UK's own radios.
[
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, PlainRadios, ServiceNavigation,
  SkipLink,
].forEach((component) => createAll(component));

// Needed by some pages only: fetched where they ask for it.
if (document.querySelector("[data-autosave]")) import("./autosave.js");
if (document.querySelector("[data-presses]")) import("./presses.js");
if (document.querySelector("[data-web-session]")) import("./web-session.js");
if (document.querySelector("select[data-autocomplete]")) import("./autocomplete.js");
