// What Streamlit cannot do for us: links without a reload, the clipboard, «/», scrolling to an
// article, and Chinese for the words that Streamlit itself writes. Guarded: it may be run twice.
(() => {
  if (window.__shuniu) return;
  window.__shuniu = true;
  document.documentElement.lang = "zh-CN";
  // The calendar speaks the browser's language; this page has one, whatever the browser was set to.
  for (const [name, value] of [["language", "zh-CN"], ["languages", ["zh-CN", "zh"]]]) {
    Object.defineProperty(navigator, name, { get: () => value, configurable: true });
  }

  const WORDS = {
    "Press Enter to apply": "按回车查询",
    "Press Enter to submit form": "按回车提交",
    "Press Ctrl+Enter to apply": "按 Ctrl+回车确定",
    "Press ⌘+Enter to apply": "按 ⌘+回车确定",
    "Press Ctrl+Enter to submit form": "按 Ctrl+回车提交",
    "Press ⌘+Enter to submit form": "按 ⌘+回车提交",
    "Choose an option": "请选择",
    "Choose options": "请选择",
    "No results": "没有匹配项",
    "No options to select": "没有可选项",
    "Clear value": "清除",
    "Clear all": "全部清除",
    "Copy to clipboard": "复制",
    "Copied": "已复制",
    "Fullscreen": "全屏",
    "Close fullscreen": "退出全屏",
    "Close": "关闭",
    "Open calendar": "打开日历",
    "Calendar": "日历",
    "Connection error": "连接中断",
    "Connecting": "正在连接",
    "CONNECTING": "正在连接",
    "Running...": "正在处理",
    "Stop": "停止",
    "Page not found": "没有这一页",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "网址可能写错了，或者这一页不向您开放。以下是首页。",
    "Skip to main content": "跳到正文",
    "Link to heading": "本节链接",
    "Expand": "展开",
    "Collapse": "收起",
    "Alert": "提示",
    "Loading...": "正在加载",
    "yyyy": "年",
    "mm": "月",
    "dd": "日",
    "Open": "打开",
    "Main menu": "菜单",
    "Navigate to home page": "回到首页",
    "App pages": "页面",
    "Dismiss": "关闭",
    "Logo": "枢纽",
    "Choose date": "选择日期",
    "Previous month": "上个月",
    "Next month": "下个月",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "用方向键选日期，按回车确定，按 Esc 关闭。",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "服务可能已停止。请在终端中重新运行：",
  };
  const PATTERNS = [
    [/^Selected Date: (.+)$/, (m) => `已选日期：${new Date(m[1]).toLocaleDateString("zh-CN")}`],
    [/^(\d+) more$/, (m) => `其余 ${m[1]} 页`],
    [/^(\d+) options? available\.$/, (m) => `${m[1]} 个选项`],
  ];
  // The parts of a date, as a screen reader says them: half English, half our own label.
  const PARTS = { year: "年", month: "月", day: "日" };
  const spoken = (text) => {
    const label = /^(year|month|day), (.+)$/.exec(text);
    if (label) return `${label[2]}，${PARTS[label[1]]}`;
    const month = /^(\d+) – [A-Z][a-z]+$/.exec(text);
    return month ? `${month[1]}月` : undefined;
  };
  const inChinese = (text) => {
    const said = WORDS[text] || spoken(text);
    if (said || !/^[\x20-\x7e]+$/.test(text)) return said;
    for (const [pattern, say] of PATTERNS) {
      const found = pattern.exec(text);
      if (found) return say(found);
    }
    return undefined;
  };
  const ATTRIBUTES = ["aria-label", "aria-valuetext", "title", "placeholder", "alt"];
  const OWN = ".stHtml, .stMarkdown, script, style";

  const speak = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const said = inChinese(node.nodeValue.trim());
      if (said && !node.parentElement?.closest(OWN)) node.nodeValue = said;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.closest(OWN)) return;
    for (const name of ATTRIBUTES) {
      const said = inChinese((node.getAttribute(name) || "").trim());
      if (said) node.setAttribute(name, said);
    }
    for (const child of node.childNodes) speak(child);
  };

  let shown = null;
  const reveal = () => {
    const target = document.querySelector("[data-target]");
    const key = target && location.href + target.id;
    if (!target) shown = null;
    if (!target || key === shown) return;
    shown = key;
    const go = () => {
      if (!target.isConnected) return;
      target.scrollIntoView({ block: "center" });
      // The contents of a long law are longer than the window: its place there, too.
      const here = document.querySelector(".kb-toc [aria-current]");
      const side = here && here.closest(".kb-toc");
      if (side && side.scrollHeight > side.clientHeight)
        side.scrollTop +=
          here.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 2;
    };
    // Twice: what stands above may still be growing. Not once the person has begun to move.
    requestAnimationFrame(() => {
      go();
      target.focus({ preventScroll: true });
      const moved = new AbortController();
      for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
        document.addEventListener(name, () => moved.abort(), { once: true, signal: moved.signal });
      setTimeout(() => {
        if (!moved.signal.aborted) go();
        moved.abort();
      }, 250);
    });
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(speak);
      else if (change.type === "characterData") speak(change.target);
      else speak(change.target);
    }
    reveal();
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
    attributeFilter: ATTRIBUTES,
  });
  if (document.body) speak(document.body);

  // A typed date counts from Enter, as everything else that is typed. Streamlit takes it over when
  // its calendar closes, and closes it on Escape only.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest?.('[data-testid="stDateInput"] [role="spinbutton"]'))
      event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  }, true);

  const copied = async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.dataset.label || button.textContent;
    button.dataset.label = label;
    button.textContent = "已复制";
    setTimeout(() => (button.textContent = label), 1600);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) return void copied(button);
    const anchor = event.target.closest?.("a[data-go], a[data-jump]");
    if (!anchor || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (anchor.hasAttribute("data-jump")) {
      const place = document.getElementById(anchor.getAttribute("href").slice(1));
      place?.scrollIntoView({ block: "start", behavior: "smooth" });
      return;
    }
    shown = null;
    history.pushState({}, "", anchor.href);
    // Streamlit reads the address anew when the history moves.
    window.dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, [contenteditable=true]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.querySelector(".st-key-q input");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // Suggestions: a list of the browser's own, filled from /suggest while somebody types.
  const list = document.createElement("datalist");
  list.id = "kb-suggestions";
  let asking = 0;
  const suggest = async (box) => {
    const turn = ++asking;
    try {
      const answer = await fetch(`/suggest?q=${encodeURIComponent(box.value)}`);
      if (!answer.ok || turn !== asking) return;
      const found = await answer.json();
      list.replaceChildren(
        ...found.map((one) => Object.assign(document.createElement("option"), {
          value: one.text,
          label: one.what,
        })),
      );
    } catch {
      // Without the server there is nothing to suggest.
    }
  };
  const searchBox = (target) => target.closest?.(".st-key-q input");
  document.addEventListener("focusin", (event) => {
    const box = searchBox(event.target);
    if (!box) return;
    if (!list.isConnected) document.body.append(list);
    box.setAttribute("list", list.id);
    box.setAttribute("autocomplete", "off");
    void suggest(box);
  });
  let waiting = 0;
  document.addEventListener("input", (event) => {
    const box = searchBox(event.target);
    if (!box) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(box), 150);
  });

  // Next and previous of the words looked for.
  const marks = () => [...document.querySelectorAll(".kb-body mark")];
  let at = -1;
  const step = (by) => {
    const all = marks();
    if (!all.length) return;
    const before = all.findIndex((one) => one.classList.contains("kb-here"));
    all[before]?.classList.remove("kb-here");
    if (before < 0) {
      // Begin where the person is reading.
      const below = all.findIndex((one) => one.getBoundingClientRect().top > 90);
      at = below < 0 ? 0 : by > 0 ? below : below - 1;
    } else at = before + by;
    at = (at + all.length) % all.length;
    all[at].classList.add("kb-here");
    all[at].scrollIntoView({ block: "center" });
    for (const count of document.querySelectorAll("[data-mark-count]"))
      count.textContent = `第 ${at + 1} 处，共 ${all.length} 处`;
  };
  const count = () => {
    for (const place of document.querySelectorAll("[data-mark-count]:empty"))
      place.textContent = `共 ${marks().length} 处`;
  };
  new MutationObserver(count).observe(document.documentElement, { childList: true, subtree: true });

  // What a citation means, beside it, while somebody rests on it.
  const peek = document.createElement("div");
  peek.className = "kb-peek";
  peek.setAttribute("role", "tooltip");
  peek.id = "kb-peek";
  const known = new Map();
  let resting = 0;
  const hide = () => {
    clearTimeout(resting);
    peek.remove();
  };
  const unfold = async (anchor) => {
    const id = anchor.dataset.peek;
    const on = new URLSearchParams(location.search).get("on") || "";
    const key = `${on} ${id}`;
    if (!known.has(key)) {
      try {
        const answer = await fetch(
          `/preview?id=${encodeURIComponent(id)}&on=${encodeURIComponent(on)}`,
        );
        if (!answer.ok) return;
        known.set(key, await answer.json());
      } catch {
        return;
      }
    }
    if (!anchor.isConnected || !(anchor.matches(":hover") || anchor === document.activeElement))
      return;
    const { title, text } = known.get(key);
    const head = Object.assign(document.createElement("b"), { textContent: title });
    const said = Object.assign(document.createElement("p"), { textContent: text });
    peek.replaceChildren(head, said);
    document.body.append(peek);
    anchor.setAttribute("aria-describedby", peek.id);
    const place = anchor.getBoundingClientRect();
    const left = Math.max(8, Math.min(place.left, innerWidth - peek.offsetWidth - 8));
    const below = place.bottom + 6 + peek.offsetHeight < innerHeight;
    peek.style.left = `${left}px`;
    peek.style.top = `${below ? place.bottom + 6 : Math.max(8, place.top - peek.offsetHeight - 6)}px`;
  };
  const waitOn = (anchor) => {
    hide();
    if (anchor) resting = setTimeout(() => unfold(anchor), 250);
  };
  const rest = (event) => waitOn(event.target.closest?.("[data-peek]"));
  document.addEventListener("mouseover", rest);
  document.addEventListener("focusin", rest);
  // A page that settles under a still pointer tells of no new pointing: look where it is.
  document.addEventListener("scroll", () => waitOn(document.querySelector("[data-peek]:hover")), true);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-mark]");
    if (button) step(Number(button.dataset.mark));
  });
})();
