// Searches an edition in the browser. months.js names the months, and each month is a script that calls `shard`.
"use strict";
const archive = (() => {
  const SHOWN = 40;
  const ID = 0, TITLE = 1, AUTHORS = 2, KEYWORDS = 3, CATEGORIES = 4, TAKEAWAY = 5, DAY = 6;
  const WEIGHTS = [8, 6, 5, 2, 1]; // title, id, keywords, authors and categories, takeaway
  const field = document.getElementById("q"), told = document.getElementById("told");
  const list = document.getElementById("hits"), more = document.getElementById("more");
  const papers = [];
  let waiting = 0, hits = [], shown = 0, words = [];

  // Small letters without accents; one character stays one wherever that is possible, so that places agree.
  const fold = (text) => {
    const low = text.toLowerCase();
    return /^[\x00-\x7f]*$/.test(low) ? low : low.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  };

  function months(all) {
    waiting = all.length;
    if (!waiting) search();
    for (const [, count, place] of all) {
      const script = document.createElement("script");
      script.src = `${place}?v=${count}`;
      script.async = true;
      script.onerror = script.onload = () => { waiting -= 1; later(); };
      document.head.append(script);
    }
  }

  function shard(month, names, rows) {
    for (const row of rows) {
      const authors = row[AUTHORS].map((i) => names[i]), keywords = row[KEYWORDS].map((i) => names[i]);
      const fields = [
        row[TITLE], row[ID], keywords.join(" | "), `${authors.join(", ")} ${row[CATEGORIES]}`, row[TAKEAWAY],
      ];
      let text = "";
      const ends = fields.map((field) => (text += "\n" + fold(field)).length);
      papers.push({
        id: row[ID], title: row[TITLE], takeaway: row[TAKEAWAY], categories: row[CATEGORIES], keywords,
        day: `${month}-${String(row[DAY]).padStart(2, "0")}`, text, ends,
        when: Number(month.replace("-", "")) * 100 + row[DAY],
      });
    }
  }

  // A paper fits when each word begins a word in it. The fields stand in the order of their weights, so the first
  // place tells the weight; of papers that weigh the same, newer ones come first.
  const score = (paper, terms) => {
    let sum = 0;
    for (const term of terms) {
      let at = paper.text.indexOf(term);
      while (at >= 0 && !isStart(paper.text, at)) at = paper.text.indexOf(term, at + 1);
      if (at < 0) return 0;
      sum += WEIGHTS[paper.ends.findIndex((end) => at < end)];
    }
    return sum;
  };

  // Chinese is written without gaps between words: there each place may begin one.
  const isStart = (text, at) => !isLetter(text.charCodeAt(at - 1)) || text.charCodeAt(at) > 0x2e80;
  const isLetter = (code) =>
    (code > 96 && code < 123) || (code > 47 && code < 58) || (code > 0xbf && code < 0x2000);

  function search() {
    const query = field.value;
    words = [...fold(query).matchAll(/"([^"]+)"|[^\s"]+/g)].map((m) => (m[1] || m[0]).trim()).filter(Boolean);
    const began = performance.now();
    hits = [];
    if (words.length) {
      for (const paper of papers) {
        const sum = score(paper, words);
        if (sum) hits.push([sum, paper]);
      }
      hits.sort((a, b) => b[0] - a[0] || b[1].when - a[1].when);
    }
    list.replaceChildren();
    shown = 0;
    show();
    list.dataset.ms = (performance.now() - began).toFixed(1);
    const state = waiting ? told.dataset.loading : "";
    const count = !words.length ? "" : hits.length ? told.dataset.found.replace("{n}", hits.length.toLocaleString(document.documentElement.lang)) : waiting ? "" : told.dataset.none;
    told.textContent = [count, state].filter(Boolean).join(" · ");
    list.dataset.ready = waiting ? "" : "yes";
  }

  function show() {
    const part = hits.slice(shown, shown + SHOWN);
    list.append(...part.map(([, paper]) => item(paper)));
    shown += part.length;
    more.hidden = shown >= hits.length;
  }

  function item(paper) {
    const li = document.createElement("li"), link = document.createElement("a"), small = document.createElement("p");
    link.href = `papers/${paper.id.replace("/", "-")}.html`;
    link.lang = "en";
    link.append(...marked(paper.title));
    li.append(link);
    if (paper.takeaway) {
      const said = document.createElement("p");
      said.append(...marked(paper.takeaway));
      li.append(said);
    }
    small.className = "small";
    small.append(...marked([paper.day, paper.categories.replaceAll(" ", " · "), ...paper.keywords].join(" · ")));
    li.append(small);
    return li;
  }

  // The text with the words that were looked for marked; left alone where folding moved its places.
  function marked(text) {
    const low = fold(text), spans = [];
    if (low.length === text.length) {
      for (const word of words) {
        for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + word.length)) {
          if (isStart(low, at)) spans.push([at, at + word.length]);
        }
      }
    }
    spans.sort((a, b) => a[0] - b[0]);
    const out = [];
    let done = 0;
    for (const [from, to] of spans) {
      if (from < done) continue;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(from, to);
      out.push(text.slice(done, from), mark);
      done = to;
    }
    return [...out, text.slice(done)];
  }

  let timer = 0;
  const later = () => { clearTimeout(timer); timer = setTimeout(search, waiting ? 150 : 0); };
  const kept = () => {
    const url = new URL(location.href);
    url.searchParams.set("q", field.value);
    try { history.replaceState(null, "", url); } catch { /* a page on a disk keeps its address */ }
  };
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", () => { search(); kept(); });
  document.getElementById("find").addEventListener("submit", (event) => { event.preventDefault(); search(); kept(); });
  more.addEventListener("click", show);
  if (!field.value) field.focus();
  return { months, shard };
})();
