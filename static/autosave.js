// Keeps what is typed on a page, on the server, before the page is saved; offered back when it is opened again.
//
// Sends the whole form two seconds after the last key, and every four while somebody types on: with the time of an
// answer no more than five seconds of typing can be lost; and at once when the page is left, or before it is saved: when
// the service is not reached then, the page stays. One request at a time. Nothing is stored in the browser.
const PAUSE = 2_000; // milliseconds
const AT_MOST = 4_000;
const ANSWER_WITHIN = 10_000;
const TRY_AGAIN = 5_000;
const SENT_WHILE_LEAVING = 60_000; // characters: browsers take no more when a page is left

document.querySelectorAll("[data-autosave]").forEach(start);
document.addEventListener("presses:replaced", ({ detail }) => detail.main.querySelectorAll("[data-autosave]").forEach(start));

function start(status) {
  const form = status.closest("form");
  if (!form.querySelector("textarea, .govuk-input")) return; // nothing is typed
  const { autosave: address, page } = status.dataset;
  let kept = asOpened();
  let typedSince = null; // when the first key was pressed that is not kept yet
  let timer = null;
  let sending = null;
  let stop = null; // aborts the request that is on its way
  let isOver = false;
  let isHeld = false; // its button was pressed, and what was typed is being kept first

  form.addEventListener("input", () => wait());
  form.addEventListener("submit", whenSubmitted);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  window.addEventListener("pagehide", leave);
  if (typed() !== kept) wait(); // before this script was there

  function typed(fields = form) {
    return new URLSearchParams(new FormData(fields)).toString();
  }

  function asOpened() {
    const untouched = form.cloneNode(true);
    untouched.reset();
    return typed(untouched);
  }

  function wait(delay = PAUSE) {
    if (isOver) return;
    typedSince ??= Date.now();
    clearTimeout(timer);
    timer = setTimeout(send, Math.max(0, Math.min(delay, typedSince + AT_MOST - Date.now())));
  }

  function send() {
    clearTimeout(timer);
    if (isOver || sending || typed() === kept) return;
    typedSince = null;
    sending = post().finally(() => {
      sending = null;
      if (typedSince !== null) wait();
    });
  }

  // Nothing may wait for an earlier answer: there will be no page to hear it. What was sent before is older.
  function leave() {
    clearTimeout(timer);
    if (isOver || typed() === kept) return;
    stop?.abort();
    post({ leaving: true });
  }

  // Answers whether the service was reached.
  async function post({ leaving = false } = {}) {
    const sent = typed();
    const mine = new AbortController();
    stop = mine;
    const body = new URLSearchParams(new FormData(form));
    body.set("typed_page", page);
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST",
        body,
        keepalive: leaving && body.toString().length < SENT_WHILE_LEAVING,
        signal: AbortSignal.any([mine.signal, AbortSignal.timeout(ANSWER_WITHIN)]),
      });
      if (answer.ok && !answer.redirected) {
        const { at, is_alone: isAlone } = await answer.json();
        kept = sent;
        say(status.dataset.kept.replace("{time}", at) + (isAlone ? "" : ` ${status.dataset.beside}`));
        return true;
      }
    } catch {
      if (mine.signal.aborted) return true; // for a later one
      answer = null;
    }
    refused(answer);
    return answer !== null;
  }

  function refused(answer) {
    if (answer?.redirected) {
      askToSignIn(answer.url);
    } else if (answer?.status === 413) {
      say(status.dataset.tooMuch);
    } else if (answer?.status === 409) {
      over(status.dataset.stale);
    } else if (answer?.status === 403) {
      over(status.dataset.lost);
    } else if (answer?.status === 404 || answer?.status === 410) {
      over(status.dataset.gone);
    } else {
      say(status.dataset.failed);
      typedSince ??= Date.now();
      setTimeout(send, TRY_AGAIN);
    }
  }

  // The web session has ended. The service kept this post if it leads back to this page after signing in.
  function askToSignIn(address) {
    const isKept = new URL(address).searchParams.get("next") === page;
    if (!isKept) return over(status.dataset.lost);
    over(`${status.dataset.signedOut} `);
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = address;
    link.textContent = status.dataset.signIn;
    status.append(link);
  }

  function over(sentence) {
    isOver = true;
    say(sentence);
  }

  // Announced once, and not again for each time that it is kept within a minute.
  function say(sentence) {
    if (status.textContent !== sentence) status.textContent = sentence;
  }

  // What is on its way must arrive before the page is saved, or it would be offered back although it was saved.
  function whenSubmitted(event) {
    clearTimeout(timer);
    if (event.defaultPrevented || isOver || (!sending && typed() === kept)) return;
    event.preventDefault();
    if (isHeld) return;
    isHeld = true;
    Promise.resolve(sending)
      .then(() => isOver || typed() === kept || post())
      .then((isReached) => {
        isHeld = false;
        if (!isReached) return say(status.dataset.notSent);
        kept = typed();
        form.requestSubmit(event.submitter);
      });
  }
}
