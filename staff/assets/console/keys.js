  // --- Keys. Each presses what shows it. Those of a row work on the row that has the focus, which the arrows move; those of
  // the menu come after M.
  const KEYS = "antrean-keys";
  const keysOff = () => localStorage.getItem(KEYS) === "off";
  const withKey = (root, key) =>
    Array.from(root.querySelectorAll("[data-key]")).filter((element) => element.dataset.key === key && visible(element));
  let menu = false;
  const openMenu = (open) => document.body.classList.toggle("menu", (menu = open));
  document.addEventListener("pointerdown", () => openMenu(false));

  // The key whose act is under way: struck again it means nothing, and what is struck meanwhile comes after.
  let pressed = null;
  let struck = [];
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
  // One of a selection by its digit, after which the selection is left, or by its first letter.
  const choose = (select, key) => {
    if (keysOff()) return false;
    const options = Array.from(select.options);
    const name = (option) => option.text.replace(/^\d · /, "").toUpperCase();
    const from = options.slice(select.selectedIndex + 1).concat(options);
    const found = options.find((option) => option.text.startsWith(`${key} · `)) ?? from.find((option) => name(option).startsWith(key.toUpperCase()));
    if (!found) return false;
    select.value = found.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    if (/\d/.test(key)) leaveSelection(select);
    return true;
  };
  const leaveSelection = (select) => {
    const next = select.closest("details")?.querySelector("button[type=submit]");
    if (next) next.focus();
    else if (rowOf(select)) rowOf(select).focus();
    else select.blur();
  };
  const letter = (key, at) => {
    if (keysOff()) return false;
    if (!menu && key === "M") return openMenu(true);
    const found = withKey(document, menu ? `M ${key}` : key);
    openMenu(false);
    const row = rowOf(at);
    const target = found.find((e) => row && row.contains(e)) || found.find((e) => !rowOf(e) || typing(e));
    if (target) {
      pressed = key;
      press(target);
      pressed = null;
    }
    // No row was chosen that has it: the first one that has is chosen, and nothing is done yet.
    else if (found.length > 0) rowOf(found[0]).focus();
    else return false;
    return true;
  };
  // What a key struck by hand does; whether the browser has nothing more to do about it.
  const strike = (key, repeated) => {
    const at = document.activeElement ?? document.body;
    if (["Escape", "Tab", "Enter", "ArrowDown", "ArrowUp"].includes(key)) openMenu(false);
    if (key === "Escape") leave(at);
    else if (key === "ArrowDown") return move(1, at);
    else if (key === "ArrowUp") return move(-1, at);
    else if (repeated) return false;
    else if (key === "Enter") return enter(at);
    else if (key.length === 1 && at.matches("select")) return choose(at, key);
    else if (key.length === 1 && !typing(at)) {
      if (!sending) return letter(key.toUpperCase(), at);
      if (key.toUpperCase() !== sending.key) struck.push(key);
      return true;
    }
    return false;
  };
  // After an act: what was struck and scanned while it was under way.
  const replay = () => {
    while (!sending && scans.length > 0) take(scans.shift());
    if (sending) return;
    const next = later;
    later = null;
    if (next?.form.isConnected) next.form.requestSubmit(next.button);
    const keys = struck;
    struck = [];
    for (const key of keys) strike(key);
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) return window.print();
    if (event.target.closest("#keys")) {
      localStorage.setItem(KEYS, keysOff() ? "on" : "off");
      return showKeys();
    }
    const button = event.target.closest("[data-tick-all]");
    if (!button) return;
    for (const box of button.closest("fieldset, form").querySelectorAll("[type=checkbox]")) box.checked = true;
  });
  const showKeys = () => {
    document.body.classList.toggle("no-keys", keysOff());
    byId("keys")?.setAttribute("aria-pressed", String(!keysOff()));
  };
