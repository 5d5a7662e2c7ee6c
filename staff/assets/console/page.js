  // --- The page: what was drawn for whom, what somebody is filling in, and how a newer drawing takes its place.
  const here = () => document.body.dataset.here;
  const byId = (id) => document.getElementById(id);
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const drawnFor = (page) => page.querySelector("main")?.dataset.for;
  const ticked = (control) => control.matches("[type=checkbox], [type=radio]");
  const typing = (element) => element.matches("select, textarea") || (element.matches("input") && !ticked(element));
  const rowOf = (element) => element.closest("[data-row]");
  const visible = (element) => {
    const fold = element.closest("details:not([open])");
    return element.offsetParent !== null && (!fold || (element.matches("summary") && element.parentElement === fold));
  };

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

  const offerScripted = (root) => {
    for (const button of root.querySelectorAll("[data-tick-all], [data-print], [data-script]")) button.hidden = false;
  };
  // Every reading has fresh commands, and the script itself shows hidden buttons and refusals: none is a change.
  const content = (part) => {
    const copy = part.cloneNode(true);
    for (const input of copy.querySelectorAll("input[name=command]")) input.removeAttribute("value");
    for (const button of copy.querySelectorAll("[data-tick-all]")) button.hidden = true;
    for (const fold of copy.querySelectorAll("details")) fold.open = false;
    for (const clock of copy.querySelectorAll("[data-clock]")) clock.replaceWith("");
    for (const said of copy.querySelectorAll("p.notice.no")) said.remove();
    for (const control of copy.querySelectorAll("[aria-invalid], [aria-busy]")) {
      for (const name of ["aria-invalid", "aria-describedby", "aria-busy"]) control.removeAttribute(name);
    }
    return copy.innerHTML;
  };
  // The focus stays on the row and the control it was on; where the row is gone, on the one that took its place.
  const replace = (part, next) => {
    const at = part.contains(document.activeElement) ? document.activeElement : null;
    const row = at && rowOf(at);
    const nth = row ? Array.from(part.querySelectorAll("[data-row]")).indexOf(row) : -1;
    part.replaceWith(next);
    offerScripted(next);
    if (!at) return;
    const rows = Array.from(next.querySelectorAll("[data-row]"));
    const same = row ? rows.find((one) => one.dataset.row === row.dataset.row) : next;
    const again =
      (same && at.dataset.key && same.querySelector(`[data-key="${at.dataset.key}"]`)) || (row && (same ?? rows[Math.min(nth, rows.length - 1)]));
    if (again) again.focus();
  };
  const parts = (page) => Array.from(page.querySelectorAll("main [data-part]"), (part) => part.id).join();

  // What others changed: the parts that differ, never what somebody is filling in. A form that was carried out is filled in
  // no longer, and its part has a fresh command.
  const update = (page, done) => {
    let kept = false;
    for (const part of document.querySelectorAll("[data-part]")) {
      const next = page.getElementById(part.id);
      const acted = done !== undefined && (part.contains(done) || part.id === "notice");
      if (!next || (!acted && content(part) === content(next))) continue;
      if (!acted && busy(part)) kept = true;
      else replace(part, document.adoptNode(next));
    }
    byId("changed").hidden = !kept;
    document.title = page.title;
  };
  const whole = (page) => {
    const moved = page.body.dataset.here !== here();
    document.body.dataset.here = page.body.dataset.here;
    document.body.replaceChildren(...page.body.childNodes);
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    if (moved) history.pushState(null, "", here());
    begin();
    document.querySelector("[autofocus]")?.focus();
  };
  addEventListener("popstate", () => location.reload());
