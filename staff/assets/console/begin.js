  // --- What every page needs once it stands.
  const begin = () => {
    // After a refused form the address is the form's; the page to come back to is the one it stands on.
    if (location.pathname + location.search !== here()) history.replaceState(null, "", here());
    offerScripted(document);
    showKeys();
    listen();
    waitForOffers();
    tick();
  };
  begin();
  fillAgain();
