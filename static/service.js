// Starts what the page has of the GOV.UK components and of our own. Every page works without it.
import { initAll } from "./govuk/govuk-frontend.min.js";
import "./autosave.js";

initAll();

// Large, and needed by few pages: fetched only where a question asks for it.
if (document.querySelector("select[data-autocomplete]")) import("./autocomplete.js");
