/* Shows text as WeChat does: line breaks, links, addresses; never as HTML. */
"use strict";
const ChatText = (function () {
  const LINK = /<a\s[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>|https?:\/\/[^\s<>"'，。；！？）】》]+/gi;

  /* Append `text` to `box`; `open(address)` and `say(text)` are called when links are tapped. */
  function fill(box, text, open, say) {
    let from = 0;
    for (const match of text.matchAll(LINK)) {
      box.append(text.slice(from, match.index));
      box.append(link(match[1] ?? match[0], match[2] ?? match[0], open, say));
      from = match.index + match[0].length;
    }
    box.append(text.slice(from));
  }

  function link(address, words, open, say) {
    const menu = /^weixin:\/\/bizmsgmenu\?(.*)$/i.exec(address);
    if (!menu && !/^https?:\/\//i.test(address)) return document.createTextNode(words);
    const anchor = document.createElement("a");
    anchor.textContent = words;
    anchor.href = menu ? "#" : address;
    anchor.addEventListener("click", function (event) {
      event.preventDefault();
      if (menu) say(new URLSearchParams(menu[1]).get("msgmenucontent") || words);
      else open(address);
    });
    return anchor;
  }

  return { fill: fill };
})();
