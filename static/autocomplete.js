// Puts a box, with a list that narrows while somebody types, in the place of each select with very many answers.
//
// What is in the box counts, never what was selected before: it is sent as "<name>_typed", and the select follows it
// (no answer while the text is none of them), for whatever else reads the form.
import "./accessible-autocomplete/accessible-autocomplete.min.js";

document.querySelectorAll("select[data-autocomplete]").forEach(enhance);

function enhance(select) {
  const { id, name } = select;
  const hadFocus = document.activeElement === select;
  const answers = [...select.options].filter((option) => option.value);
  const place = document.createElement("div");
  place.className = [...select.classList].filter((name) => !name.startsWith("govuk-select")).join(" ");
  select.before(place);
  select.id = `${id}-select`;
  select.hidden = true;
  window.accessibleAutocomplete({
    element: place,
    id,
    name: `${name}_typed`,
    source: (typed, show) => show(matching(answers, typed)),
    // A highlighted answer is taken when the box is left; nothing is highlighted by itself.
    autoselect: false,
    confirmOnBlur: true,
    onConfirm: () => setTimeout(follow),
    displayMenu: "overlay",
    inputClasses: select.matches(".govuk-select--error") ? "govuk-input govuk-input--error" : "govuk-input",
    templates: { inputValue: (label) => label, suggestion: escaped },
    tNoResults: () => "Nothing on the list matches",
    tAssistiveHint: () =>
      "As you type, a list of matches appears. Use the up and down arrows to look through it and Enter to select. " +
      "On a touch screen, explore by touch or with swipe gestures.",
  });

  const box = document.getElementById(id);
  box.spellcheck = false;
  box.addEventListener("input", follow);
  stayDescribed(box, select.getAttribute("aria-describedby"));
  const shown = select.value ? select.selectedOptions[0].label : select.dataset.typed;
  if (shown) {
    box.value = shown;
    box.dispatchEvent(new Event("input", { bubbles: true })); // the list follows
    closeList();
  }
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target === box) return;
    box.focus(); // it would be lost with the list
    closeList(); // which opens with the focus
  });
  if (hadFocus) box.focus();

  function closeList() {
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", keyCode: 27, bubbles: true }));
  }

  function follow() {
    const answer = [...select.options].find((option) => option.value && same(option.label, box.value));
    if (select.value === (answer?.value ?? "")) return;
    select.value = answer?.value ?? "";
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// The labels of the answers that hold every word typed, in any order; those that begin with the text stand first.
// "data-folded" is the label as the server's searches have it: "lodz house" for "Łódź House".
function matching(answers, typed) {
  const text = comparable(typed);
  const words = text.split(" ");
  const spellings = (answer) => [comparable(answer.label), answer.dataset.folded ?? ""];
  const found = answers.filter((answer) =>
    words.every((word) => spellings(answer).some((label) => label.includes(word))),
  );
  const first = found.filter((answer) => spellings(answer).some((label) => label.startsWith(text)));
  return [...first, ...found.filter((answer) => !first.includes(answer))].map((answer) => answer.label);
}

// Without capitals, accents and marks: "st helens" finds "St. Helens", "ty afon" finds "Tŷ Afon".
function comparable(text) {
  const plain = text.normalize("NFD").replace(/[\p{M}.'’]/gu, "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

// As the server compares.
function same(label, typed) {
  const [one, other] = [label, typed].map((text) => text.trim().replace(/\s+/g, " ").toLowerCase());
  return one === other;
}

// The list is written as HTML: a label is text.
function escaped(label) {
  const text = document.createElement("span");
  text.textContent = label;
  return text.innerHTML;
}

// Hint and error belong to the box; the list takes them away when it changes its own description.
function stayDescribed(box, ours) {
  if (!ours) return;
  const add = () => {
    const now = box.getAttribute("aria-describedby") ?? "";
    if (!now.startsWith(ours)) box.setAttribute("aria-describedby", `${ours} ${now}`.trim());
  };
  new MutationObserver(add).observe(box, { attributeFilter: ["aria-describedby"] });
  add();
}
