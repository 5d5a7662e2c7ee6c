  // --- Changes by others: the page reads itself again.
  // A line on which nothing passes for so long is no line.
  const PATIENCE_MS = 15000;
  const connected = (is) => {
    const bar = byId("offline");
    if (bar) bar.hidden = is;
  };
  // What is refused for some seconds is offered after them, without any change.
  let waits = 0;
  const waitForOffers = () => {
    clearTimeout(waits);
    const seconds = Array.from(document.querySelectorAll("[data-again]"), (element) => Number(element.dataset.again));
    if (seconds.length > 0) waits = setTimeout(() => document.hidden || refresh(), Math.min(...seconds) * 1000);
  };
  // A report or a summary is of its moment: nothing in it is replaced.
  const isLive = () => document.querySelector("main [data-part]") !== null;
  let reading = false;
  let again = false;
  const refresh = async () => {
    if (!isLive()) return;
    if (reading || sending) {
      again = true;
      return;
    }
    reading = true;
    const at = here();
    try {
      const headers = { Accept: "text/html", "X-Antrean-Background": "1" };
      const response = await fetch(at, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      // The sign-in has ended: what stands here is nobody's to see any more.
      if (response.redirected) return signInAgain();
      if (!response.ok) throw new Error(response.statusText);
      const page = parse(await response.text());
      // An act was faster: this is older than what it showed.
      if (!sending && at === here() && isLive()) show(page);
      connected(true);
    } catch {
      connected(false);
    } finally {
      reading = false;
    }
    waitForOffers();
    if (again) {
      again = false;
      refresh();
    }
  };
  const show = (page) => {
    // Somebody else signed in in another tab: what stands here was drawn for another person and stays as it is, and its
    // forms are refused. With new parts they would act for whom the foot of this page does not name.
    const mine = drawnFor(page) === drawnFor(document);
    byId("other").hidden = mine;
    if (!mine) return;
    if (alarms(page) > alarms(document)) beep(660);
    // The day was opened or closed: the page has other parts now.
    if (parts(page) === parts(document)) update(page);
    else if (!busy(document.querySelector("main"))) whole(page);
    else byId("changed").hidden = false;
  };

  // A browser opens only a few connections to one server: hidden pages give theirs back.
  let events = null;
  const listen = () => {
    if (document.hidden || !isLive()) {
      if (events) events.close();
      events = null;
    } else if (!events) {
      events = new EventSource("/events");
      events.addEventListener("open", refresh);
      events.addEventListener("change", refresh);
      events.addEventListener("error", () => connected(false));
    }
  };
  document.addEventListener("visibilitychange", listen);
  // Minutes waited go on without any change. A hidden page looks too, for its title and for what must be heard.
  setInterval(refresh, 30000);
  const alarms = (page) => page.querySelectorAll("#status li.bad").length;
  // The time of service goes on while somebody is filling in: near the standard it is amber, beyond it red.
  const drawn = new WeakMap();
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      if (!drawn.has(clock)) drawn.set(clock, performance.now());
      const seconds = Number(clock.dataset.clock) + (performance.now() - drawn.get(clock)) / 1000;
      clock.textContent = clock.textContent.replace(/^\d+/, String(Math.floor(seconds / 60)));
      const share = seconds / 60 / Number(clock.dataset.standard);
      clock.className = share > 1 ? "light red" : share > 0.8 ? "light amber" : "";
    }
  };
  setInterval(tick, 5000);
  // What the board shows, while somebody may be looking.
  setInterval(() => {
    const board = document.querySelector("img[data-live]");
    if (board && !document.hidden) board.src = `${board.dataset.live}?${Date.now()}`;
  }, 5000);
