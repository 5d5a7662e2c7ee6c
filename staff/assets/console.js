// Keeps the page current and gives buttons their keys. Everything works without it.
"use strict";
(() => {
  const here = document.body.dataset.here;
  // After a refused form the address is the form's; the page to come back to is the one it stands on.
  if (location.pathname + location.search !== here) history.replaceState(null, "", here);

  // --- A form is sent once; the server would ignore the second one anyway.
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (sent.has(event.target)) event.preventDefault();
    sent.add(event.target);
  });

  // --- Keys.
  const typing = (element) =>
    element && (element.matches("select, textarea") || (element.matches("input") && !element.matches("[type=checkbox], [type=radio]")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement) document.activeElement.blur();
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) return;
    const wanted = event.key.toUpperCase();
    const all = document.querySelectorAll("[data-key]");
    const target = Array.from(all).find((e) => e.dataset.key === wanted && e.offsetParent !== null);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) return target.focus();
    target.click();
    if (target.matches("summary") && target.parentElement.open) {
      const first = target.parentElement.querySelector("input:not([type=hidden]), select, button");
      if (first) first.focus();
    }
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
  const offline = document.getElementById("offline");
  const edited = (control) => {
    if (control.type === "hidden" || control.matches("button")) return false;
    if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
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
  // Every reading has fresh commands, and the script itself shows hidden buttons: neither is a change.
  const content = (part) => {
    const copy = part.cloneNode(true);
    for (const input of copy.querySelectorAll("input[name=command]")) input.removeAttribute("value");
    for (const button of copy.querySelectorAll("[data-tick-all]")) button.hidden = true;
    for (const fold of copy.querySelectorAll("details")) fold.open = false;
    return copy.innerHTML;
  };
  const replace = (part, next) => {
    const focus = part.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    part.replaceWith(next);
    offerScripted(next);
    const again = focus && next.querySelector(`[data-key="${focus}"]`);
    if (again) again.focus();
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
      const response = await fetch(here, { headers: { Accept: "text/html", "X-Antrean-Background": "1" } });
      // The sign-in has ended: what stands here is nobody's to see any more.
      if (response.redirected) return location.reload();
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      let kept = false;
      for (const part of document.querySelectorAll("[data-part]")) {
        const next = page.getElementById(part.id);
        if (!next || content(part) === content(next)) continue;
        if (busy(part)) kept = true;
        else replace(part, document.adoptNode(next));
      }
      changed.hidden = !kept;
      offline.hidden = true;
      document.title = page.title;
    } catch {
      offline.hidden = false;
    }
    reading = false;
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
  }
})();
