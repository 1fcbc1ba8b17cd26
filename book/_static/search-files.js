/* The search shows a piece of each page it found and fetches the page for that, which
   browsers forbid to pages opened as files: there it shows the titles alone. */
"use strict";

if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
