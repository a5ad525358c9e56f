/* A stream is held only while its page is shown: a browser opens six connections to a house and no more, so six
   tabs with a stream each would leave none for the seventh. */
(() => {
  "use strict";

  const REST_AFTER_MS = 5_000; /* a glance at another tab ends nothing */

  /* Calls `open` at once where the page is shown, and whenever it is shown again after `rest` was called;
     `rest` once it has been out of sight for some seconds, and at once where it is opened out of sight. */
  banker.whileShown = ({ open, rest }) => {
    let isResting = false;
    let timer;

    function leave() {
      isResting = true;
      rest();
    }

    document.addEventListener("visibilitychange", () => {
      clearTimeout(timer);
      if (document.hidden) {
        if (!isResting) timer = setTimeout(leave, REST_AFTER_MS);
      } else if (isResting) {
        isResting = false;
        open();
      }
    });

    if (document.hidden) leave();
    else open();
  };
})();
