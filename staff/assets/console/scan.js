  // --- A scanner is a keyboard that strikes faster than any hand, and ends with Enter or Tab. What it reads is a receipt or
  // nothing: it never presses, ticks or opens anything. So a key acts only when no other has followed it in time.
  const HAND_MS = 40;
  const SCAN_KEYS = 6;
  // A trigger held down reads the same receipt twice.
  const TWICE_MS = 2000;
  // The number pad of a scanner strikes these when NumLock is off.
  const PAD = /^Numpad(\d)$/;
  let burst = null;
  let settles = 0;
  const settle = () => {
    clearTimeout(settles);
    const keys = burst;
    burst = null;
    if (!keys) return;
    // Some scanners send nothing behind the code.
    if (keys.held.length >= SCAN_KEYS) return scanned(keys);
    for (const key of keys.held) strike(key);
  };
  const settleLater = () => {
    clearTimeout(settles);
    const due = performance.now() + HAND_MS + 5;
    const look = () => {
      // A busy page learns late of keys that were struck in time.
      if (performance.now() > due + HAND_MS) settles = setTimeout(settle, HAND_MS);
      else settle();
    };
    settles = setTimeout(look, HAND_MS + 5);
  };
  const isCode = ({ text, field }) =>
    field ? /^(\][A-Za-z]\d)?[\d .-]{8,}$/.test(text) && text.replace(/\D/g, "").length >= SCAN_KEYS : text.length >= SCAN_KEYS;
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !(at instanceof Element)) return;
    if (["Shift", "CapsLock", "NumLock", "AltGraph"].includes(event.key)) return;
    const quick = burst !== null && event.timeStamp - burst.last <= HAND_MS;
    const pad = event.key.length > 1 && PAD.exec(event.code);
    const key = pad ? pad[1] : event.key;
    // A space by hand is the browser's: it presses what has the focus.
    if (key.length === 1 && (quick || key !== " ") && !event.repeat) {
      if (!quick) {
        settle();
        const field = typing(at) && !at.matches("select") ? at : null;
        burst = { text: "", held: [], field, value: field?.value };
      }
      burst.text += key;
      burst.last = event.timeStamp;
      if (!burst.field) {
        burst.held.push(event.key);
        if (!keysOff() || pad) event.preventDefault();
      }
      settleLater();
      return;
    }
    if (quick && (event.key === "Enter" || event.key === "Tab") && isCode(burst)) {
      event.preventDefault();
      const keys = burst;
      burst = null;
      clearTimeout(settles);
      return scanned(keys);
    }
    settle();
    if (strike(event.key, event.repeat)) event.preventDefault();
  });

  let last = { receipt: "", at: 0 };
  let scans = [];
  const words = () => byId("words")?.dataset ?? {};
  const beep = (hertz = 220) => {
    try {
      const audio = new AudioContext();
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(audio.destination);
      tone.onended = () => audio.close();
      tone.start();
      tone.stop(audio.currentTime + 0.25);
    } catch {}
  };
  const scanned = ({ text, field, value }) => {
    openMenu(false);
    // What the scanner typed stands in the field already, wherever that was.
    if (field) field.value = value;
    let digits = text.replace(/^\][A-Za-z]\d/, "").replace(/[ .-]/g, "");
    if (digits.length === 18 && digits.slice(0, 9) === digits.slice(9)) digits = digits.slice(9);
    const into = field?.matches("input.receipt") ? field : document.querySelector("#held input.receipt");
    if (!/^\d{9}$/.test(digits)) {
      beep();
      if (byId("notice")) refuse(words().unread ?? "", into?.form, ["receipt"]);
      return;
    }
    const receipt = `${digits.slice(0, 2)}-${digits.slice(2, 8)}-${digits.slice(8)}`;
    const now = performance.now();
    if (receipt === last.receipt && now - last.at < TWICE_MS) return;
    last = { receipt, at: now };
    scans.push({ receipt, into });
    if (!sending) replay();
  };
  // Into the field that was meant, else only told.
  const take = ({ receipt, into }) => {
    // The page may have been drawn anew meanwhile.
    const field = into?.isConnected ? into : into?.dataset.key && document.querySelector(`input.receipt[data-key="${into.dataset.key}"]`);
    if (!field) return tell(receipt);
    field.value = receipt;
    if (field.dataset.scan === "send") {
      field.focus();
      return field.form.requestSubmit();
    }
    // The next key is an act, not a digit.
    if (document.activeElement === field) field.blur();
    tell(receipt, field);
  };
  const tell = async (receipt, field) => {
    if (!drawnFor(document)) return beep();
    try {
      const response = await fetch(`/api/cases/${receipt}`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (response.status === 401) return signInAgain();
      const found = await response.json();
      if (!response.ok) {
        beep();
        return refuse(found.say, field?.form, ["receipt"]);
      }
      unsay();
      const said = document.createElement("p");
      said.className = "notice";
      said.setAttribute("role", "status");
      said.append(`${receipt}: ${found.say} · `);
      const link = document.createElement("a");
      link.href = `/cases?receipt=${receipt}`;
      link.textContent = words().open ?? receipt;
      said.append(link);
      byId("notice").replaceChildren(said);
      connected(true);
    } catch {
      connected(false);
    }
  };
