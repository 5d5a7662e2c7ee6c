  // --- Acts are sent while the page stays: what was entered, the chosen row and the focus stay with it, and a refusal stands
  // beside what was refused.
  let sending = null;
  let unsent = null;
  let later = null;
  const unsay = () => {
    for (const said of document.querySelectorAll("p.notice.no")) said.remove();
    for (const control of document.querySelectorAll("[aria-invalid]")) {
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
    }
  };
  // Says it beside the field, else at the end of the form, else above the page.
  const refuse = (text, form, fields = []) => {
    unsay();
    const said = document.createElement("p");
    said.className = "notice no";
    said.id = "refused";
    said.setAttribute("role", "alert");
    said.textContent = text;
    const controls = fields.flatMap((name) => Array.from(form?.elements ?? []).filter((one) => one.name === name && one.type !== "hidden"));
    for (const control of controls) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", said.id);
    }
    const [first] = controls;
    if (first && visible(first)) (first.closest("fieldset") ?? first.closest("label") ?? first).after(said);
    else if (form?.isConnected && visible(form)) form.append(said);
    else byId("notice").before(said);
    if (first && visible(first) && !ticked(first)) first.focus();
    said.scrollIntoView({ block: "nearest" });
  };
  const answered = (response, page, form) => {
    if (!drawnFor(page)) {
      // A fault, or somebody without the right: a page of its own, which says so.
      return refuse(page.querySelector("p.notice.no")?.textContent ?? response.statusText, form);
    }
    if (drawnFor(page) !== drawnFor(document)) return show(page);
    const no = page.querySelector("p.notice.no");
    if (no) {
      const text = no.textContent;
      no.remove();
      // What the form was about has moved on: there is nothing to press again.
      const gone = !Array.from(page.forms).some((one) => one.getAttribute("action") === form.getAttribute("action"));
      byId("notice").replaceWith(document.adoptNode(page.getElementById("notice")));
      if (parts(page) === parts(document)) update(page, gone ? form : null);
      refuse(text, form.isConnected ? form : null, (response.headers.get("X-Antrean-Fields") ?? "").split(" ").filter(Boolean));
      return;
    }
    unsay();
    const stays = form.closest("[data-part]") && parts(page) === parts(document);
    if (stays) {
      update(page, form);
      if (page.body.dataset.here !== here()) {
        document.body.dataset.here = page.body.dataset.here;
        history.replaceState(null, "", here());
      }
    } else whole(page);
  };
  const send = async (form, action, body) => {
    sending = { form, key: pressed };
    form.setAttribute("aria-busy", "true");
    unsent = null;
    try {
      const headers = { Accept: "text/html", "X-Antrean-Stay": "1" };
      const response = await fetch(action, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (response.status === 401) return signInAgain();
      const page = parse(await response.text());
      again = false;
      answered(response, page, form);
      connected(true);
    } catch (why) {
      // The same command once more: it is done once, whether or not the first one arrived.
      unsent = { form, action, body };
      connected(false);
      console.warn(why);
    } finally {
      sending = null;
      form.removeAttribute("aria-busy");
      const button = byId("resend");
      if (button) button.hidden = !unsent;
    }
    waitForOffers();
    replay();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !form.elements.command) return;
    event.preventDefault();
    const button = event.submitter;
    if (sending) {
      // Typed or clicked while another act is under way: it comes after. The same form once more is the same act.
      const field = form.querySelector("[data-scan=send]");
      if (field) scans.push({ receipt: field.value, into: field });
      else if (sending.form !== form) later = { form, button };
      return;
    }
    const body = new URLSearchParams(new FormData(form, button));
    send(form, button?.getAttribute("formaction") ?? form.getAttribute("action"), body);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#resend") && unsent && !sending) send(unsent.form, unsent.action, unsent.body);
  });

  // --- A login that ends keeps what was entered, in this tab and for the same person, and the sign-in leads back here.
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
  const signInAgain = () => {
    const changed = entries().filter(({ control }) => edited(control));
    const values = changed.map(({ control, name }) => [name, ticked(control) ? control.checked : control.value]);
    const typed = { path: location.pathname, person: drawnFor(document), values };
    if (typed.person && values.length > 0) sessionStorage.setItem(TYPED, JSON.stringify(typed));
    location.reload();
  };
  const fillAgain = () => {
    const typed = JSON.parse(sessionStorage.getItem(TYPED));
    if (!typed || !drawnFor(document)) return;
    sessionStorage.removeItem(TYPED);
    if (typed.path !== location.pathname || typed.person !== drawnFor(document)) return;
    const values = new Map(typed.values);
    for (const { control, name } of entries()) {
      if (!values.has(name)) continue;
      if (ticked(control)) control.checked = values.get(name);
      else if (!control.matches("select") || Array.from(control.options).some((option) => option.value === values.get(name)))
        control.value = values.get(name);
      const fold = control.closest("details");
      if (fold) fold.open = true;
    }
  };
