// Starts what the page has of the GOV.UK components and of our own. Every page works without it.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();

// Needed by some pages only: fetched where they ask for it.
if (document.querySelector("[data-autosave]")) import("./autosave.js");
if (document.querySelector("[data-web-session]")) import("./web-session.js");
if (document.querySelector("select[data-autocomplete]")) import("./autocomplete.js");
