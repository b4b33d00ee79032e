// Somebody's session can end while his page is open: by time, by signing out elsewhere, by an
// administrator. Then what stands on the page goes. Asking does not keep the session alive.
(() => {
  const EVERY = 20000;
  let known = null;
  async function look() {
    if (document.visibilityState !== "visible") return;
    let answer;
    try {
      answer = await fetch("/login/alive", { cache: "no-store" });
    } catch {
      return; // the server is away: the page says so itself
    }
    const who = answer.ok ? await answer.text() : "";
    if (answer.status === 401) {
      const here = location.pathname + location.search;
      location.replace(here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`);
    } else if (known !== null && who !== known) {
      location.reload(); // another role: other pages
    }
    known = who;
  }
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  look();
})();
