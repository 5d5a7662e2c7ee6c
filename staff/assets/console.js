// Keeps the page current and gives buttons their keys. Everything works without it.
"use strict";
(() => {
  const here = document.body.dataset.here;
  // After a refused form the address is the form's; the page to come back to is the one it stands on.
  if (location.pathname + location.search !== here) history.replaceState(null, "", here);

  const drawnFor = (page) => page.querySelector("main")?.dataset.for;
  const ticked = (control) => control.matches("[type=checkbox], [type=radio]");

  // --- What was entered outlives a refusal: the page that says no gets back what stood in all its forms. It is kept in this
  // tab until the next page only, and never a secret.
  const TYPED = "antrean-typed";
  const entries = () => {
    const counted = new Map();
    return Array.from(document.querySelectorAll("main :is(input, select, textarea)"))
      .filter((control) => control.form?.method === "post" && !control.matches("[type=hidden], [type=password], [name=pin], [name=code]"))
      .map((control) => {
        const name = [control.form.getAttribute("action"), control.name, ticked(control) ? control.value : ""].join(" ");
        const nth = counted.get(name) ?? 0;
        counted.set(name, nth + 1);
        return { control, name: `${name} ${nth}` };
      });
  };
  const remember = () => {
    const all = entries();
    const at = all.find(({ control }) => control === document.activeElement)?.name;
    const values = all.map(({ control, name }) => [name, ticked(control) ? control.checked : control.value]);
    const typed = { path: location.pathname, person: drawnFor(document), at, values };
    if (typed.person) sessionStorage.setItem(TYPED, JSON.stringify(typed));
  };
  const fillAgain = () => {
    const typed = JSON.parse(sessionStorage.getItem(TYPED));
    sessionStorage.removeItem(TYPED);
    const mine = typed?.path === location.pathname && typed.person === drawnFor(document);
    if (!mine || !document.querySelector("p.notice.no")) return;
    const values = new Map(typed.values);
    for (const { control, name } of entries()) {
      if (!values.has(name)) continue;
      if (ticked(control)) control.checked = values.get(name);
      else if (!control.matches("select") || Array.from(control.options).some((option) => option.value === values.get(name)))
        control.value = values.get(name);
      const fold = control.closest("details");
      if (fold && edited(control)) fold.open = true;
      if (name === typed.at) control.focus();
    }
  };

  // --- A form is sent once; the server would ignore the second one anyway. One that hangs may be sent again: it is the same
  // command.
  const PATIENCE_MS = 15000;
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    remember();
    setTimeout(() => {
      sent.delete(form);
      document.getElementById("offline")?.removeAttribute("hidden");
    }, PATIENCE_MS);
  });

  // --- Keys. Each presses what shows it. Those of a row work on the row that has the focus, which the arrows move; those of
  // the menu come after M.
  const typing = (element) =>
    element.matches("select, textarea") || (element.matches("input") && !element.matches("[type=checkbox], [type=radio]"));
  const rowOf = (element) => element.closest("[data-row]");
  const visible = (element) => {
    const fold = element.closest("details:not([open])");
    return element.offsetParent !== null && (!fold || (element.matches("summary") && element.parentElement === fold));
  };
  const withKey = (root, key) =>
    Array.from(root.querySelectorAll("[data-key]")).filter((element) => element.dataset.key === key && visible(element));
  let menu = false;
  const openMenu = (open) => document.body.classList.toggle("menu", (menu = open));
  document.addEventListener("pointerdown", () => openMenu(false));

  const press = (target) => {
    if (typing(target)) {
      target.focus();
      // What is typed replaces what stood there, as after Tab.
      if (target.select) target.select();
      return;
    }
    target.click();
    if (target.matches("summary") && target.parentElement.open) {
      const first = target.parentElement.querySelector("input:not([type=hidden]), select, button");
      if (first) first.focus();
    }
  };
  // Out of what one is in the middle of: a fold is closed and forgets what was entered, a field is left.
  const leave = (at) => {
    const fold = at.closest("details[open]");
    if (fold) {
      for (const form of fold.querySelectorAll("form")) form.reset();
      fold.open = false;
      fold.querySelector("summary").focus();
    } else if (rowOf(at)) rowOf(at).focus();
    else at.blur();
  };
  // Browsers know Enter in a text field; in a selection and a tick not all do, and on a row none.
  const enter = (at) => {
    const inForm = at.matches("select, [type=checkbox], [type=radio]") && at.form;
    const [target] = withKey((at.matches("[data-row]") && at) || inForm || document.createElement("p"), "Enter");
    if (target) target.click();
    return Boolean(target);
  };
  const move = (step, at) => {
    const rows = Array.from(document.querySelectorAll("[data-row]")).filter(visible);
    if (rows.length === 0 || typing(at) || at.matches("[type=radio]")) return false;
    const now = rows.indexOf(rowOf(at));
    const next = now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step;
    rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
    return true;
  };
  const letter = (key, at) => {
    if (!menu && key === "M") return openMenu(true);
    const found = withKey(document, menu ? `M ${key}` : key);
    openMenu(false);
    const row = rowOf(at);
    const target = found.find((e) => row && row.contains(e)) || found.find((e) => !rowOf(e) || typing(e));
    if (target) press(target);
    // No row was chosen that has it: the first one that has is chosen, and nothing is done yet.
    else if (found.length > 0) rowOf(found[0]).focus();
    else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !(at instanceof Element)) return;
    let done = false;
    if (["Escape", "Tab", "Enter", "ArrowDown", "ArrowUp"].includes(event.key)) openMenu(false);
    if (event.key === "Escape") leave(at);
    else if (event.key === "ArrowDown") done = move(1, at);
    else if (event.key === "ArrowUp") done = move(-1, at);
    else if (event.repeat) return;
    else if (event.key === "Enter") done = enter(at);
    else if (event.key.length === 1 && !typing(at)) done = letter(event.key.toUpperCase(), at);
    if (done) event.preventDefault();
  });
  const offerScripted = (root) => {
    for (const button of root.querySelectorAll("[data-tick-all], [data-print]")) button.hidden = false;
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) return window.print();
    const button = event.target.closest("[data-tick-all]");
    if (!button) return;
    for (const box of button.closest("fieldset").querySelectorAll("[type=checkbox]")) box.checked = true;
  });
  offerScripted(document);

  // --- Changes by others: read the page again, replace the parts that differ, never what somebody is filling in.
  const changed = document.getElementById("changed");
  const other = document.getElementById("other");
  const offline = document.getElementById("offline");
  const edited = (control) => {
    if (control.type === "hidden" || control.matches("button")) return false;
    if (ticked(control)) return control.checked !== control.defaultChecked;
    if (control.matches("select")) {
      const before = Array.from(control.options).findIndex((option) => option.defaultSelected);
      return control.selectedIndex !== Math.max(before, 0);
    }
    return control.value !== control.defaultValue;
  };
  const busy = (part) =>
    (part.contains(document.activeElement) && typing(document.activeElement)) ||
    part.querySelector("details[open]") !== null ||
    Array.from(part.querySelectorAll("input, select, textarea")).some(edited);
  fillAgain();
  // Every reading has fresh commands, and the script itself shows hidden buttons: neither is a change.
  const content = (part) => {
    const copy = part.cloneNode(true);
    for (const input of copy.querySelectorAll("input[name=command]")) input.removeAttribute("value");
    for (const button of copy.querySelectorAll("[data-tick-all]")) button.hidden = true;
    for (const fold of copy.querySelectorAll("details")) fold.open = false;
    return copy.innerHTML;
  };
  const replace = (part, next) => {
    const at = part.contains(document.activeElement) ? document.activeElement : null;
    const row = at && rowOf(at);
    part.replaceWith(next);
    offerScripted(next);
    if (!at) return;
    const same = row ? next.querySelector(`[data-row="${row.dataset.row}"]`) : next;
    const again = (same && same.querySelector(`[data-key="${at.dataset.key}"]`)) || (row && same);
    if (again) again.focus();
  };
  const parts = (page) => Array.from(page.querySelectorAll("main [data-part]"), (part) => part.id).join();
  // What is refused for some seconds is offered after them, without any change.
  let waits = 0;
  const waitForOffers = () => {
    clearTimeout(waits);
    const seconds = Array.from(document.querySelectorAll("[data-again]"), (element) => Number(element.dataset.again));
    if (seconds.length > 0) waits = setTimeout(() => document.hidden || refresh(), Math.min(...seconds) * 1000);
  };
  let reading = false;
  let again = false;
  const refresh = async () => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      const response = await fetch(here, { headers: { Accept: "text/html", "X-Antrean-Background": "1" }, signal: AbortSignal.timeout(PATIENCE_MS) });
      // The sign-in has ended: what stands here is nobody's to see any more.
      if (response.redirected) return location.reload();
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      // Somebody else signed in in another tab: what stands here was drawn for another person and stays as it is, and its
      // forms are refused. With new parts they would act for whom the foot of this page does not name.
      other.hidden = drawnFor(page) === drawnFor(document);
      // The day was opened or closed: the page has other parts now.
      if (other.hidden && parts(page) !== parts(document) && !busy(document.querySelector("main"))) return location.reload();
      let kept = false;
      for (const part of other.hidden ? document.querySelectorAll("[data-part]") : []) {
        const next = page.getElementById(part.id);
        if (!next || content(part) === content(next)) continue;
        if (busy(part)) kept = true;
        else replace(part, document.adoptNode(next));
      }
      changed.hidden = !kept;
      offline.hidden = true;
      if (other.hidden) document.title = page.title;
    } catch {
      offline.hidden = false;
    }
    reading = false;
    waitForOffers();
    if (again) {
      again = false;
      refresh();
    }
  };

  // What the board shows, while somebody may be looking.
  const live = document.querySelector("img[data-live]");
  if (live) setInterval(() => document.hidden || (live.src = `${live.dataset.live}?${Date.now()}`), 5000);

  // A browser opens only a few connections to one server: hidden pages give theirs back.
  let events = null;
  const listen = () => {
    if (document.hidden) {
      if (events) events.close();
      events = null;
    } else if (!events) {
      events = new EventSource("/events");
      events.addEventListener("open", refresh);
      events.addEventListener("change", refresh);
      events.addEventListener("error", () => (offline.hidden = false));
    }
  };
  // A report or a summary is of its moment: nothing in it is replaced.
  if (document.querySelector("main [data-part]")) {
    document.addEventListener("visibilitychange", listen);
    listen();
    // Minutes waited go on without any change.
    setInterval(() => document.hidden || refresh(), 30000);
    waitForOffers();
  }
})();
