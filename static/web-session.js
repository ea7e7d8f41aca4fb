// Says that the web session is about to end, with a way to stay signed in; and says so when it has ended.
//
// The service is asked before anything is shown: another tab may have been used meanwhile. Asking extends nothing.
const MINUTE = 60; // seconds
const ASK_AGAIN = 15; // seconds, while the question stands
const FIRST_WAIT_AFTER_SILENCE = 30; // seconds

document.querySelectorAll("dialog[data-web-session]").forEach(watch);

function watch(dialog) {
  const { webSession: address, warning, seconds } = dialog.dataset;
  const [ending, ended] = ["ending", "ended"].map((name) => dialog.querySelector(`[data-${name}]`));
  const left = dialog.querySelector("[data-left]");
  const [stay, goOn] = ["stay", "go-on"].map((name) => dialog.querySelector(`[data-${name}]`));
  const trouble = dialog.querySelector("[data-trouble]");
  let timer = null;
  let isOver = false;
  let isFinal = false; // nothing makes the web session last longer
  let isKnown = false; // and its reader has said so

  goOn.addEventListener("click", () => {
    isKnown = true;
    dialog.close();
  });
  stay.addEventListener("submit", (event) => {
    event.preventDefault();
    ask({ method: "POST", body: new URLSearchParams(new FormData(event.target)) });
  });
  // The Escape key stays signed in: it must not throw anybody out.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!isOver) isFinal ? goOn.click() : stay.requestSubmit();
  });
  // Timers sleep with the computer.
  document.addEventListener("visibilitychange", () => document.hidden || isOver || ask());
  wait(Number(seconds) - Number(warning));

  function wait(time) {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(1, time) * 1000);
  }

  async function ask(how = {}) {
    clearTimeout(timer);
    try {
      const answer = await fetch(address, { cache: "no-store", ...how });
      if (!answer.ok) throw new Error(answer.status);
      const { seconds, is_final } = await answer.json();
      isFinal = Boolean(is_final);
      show(seconds);
    } catch {
      trouble.hidden = !how.method;
      wait(dialog.open ? ASK_AGAIN : FIRST_WAIT_AFTER_SILENCE);
    }
  }

  function show(seconds) {
    trouble.hidden = true;
    if (seconds <= 0) return end();
    if (seconds > Number(warning)) {
      isKnown = false;
      dialog.close();
      return wait(seconds - Number(warning));
    }
    const minutes = Math.ceil(seconds / MINUTE);
    const [one, many] = isFinal ? ["oneFinal", "manyFinal"] : ["one", "many"];
    say(minutes === 1 ? left.dataset[one] : left.dataset[many].replace("{minutes}", minutes));
    [stay.hidden, goOn.hidden] = [isFinal, !isFinal];
    if (!dialog.open && !isKnown) dialog.showModal();
    wait(Math.min(ASK_AGAIN, seconds + 1));
  }

  function say(sentence) {
    if (left.textContent !== sentence) left.textContent = sentence;
  }

  function end() {
    isOver = true;
    ending.hidden = true;
    ended.hidden = false;
    dialog.setAttribute("aria-labelledby", ended.querySelector("h2").id);
    dialog.setAttribute("aria-describedby", ended.querySelector("p").id);
    if (!dialog.open) dialog.showModal();
    ended.querySelector("a").focus();
  }
}
