// Starts the GOV.UK components of the page. Every page works without it.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();
