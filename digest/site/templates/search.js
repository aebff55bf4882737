// Searches an edition in the browser. months.js names the months, and each month is a script that calls `shard`.
"use strict";
const archive = (() => {
  const SHOWN = 40;
  const KEY = 0, TITLE = 1, AUTHORS = 2, KEYWORDS = 3, CATEGORIES = 4, TAKEAWAY = 5, DAY = 6;
  const WEIGHTS = [8, 6, 5, 2, 1]; // title, id, keywords, authors and categories, takeaway
  const field = document.getElementById("q"), told = document.getElementById("told");
  const list = document.getElementById("hits"), more = document.getElementById("more");
  const papers = [];
  let waiting = 0, hits = [], shown = 0, words = [];

  // The folding of digest/folding.py, letter for letter: case, accents, Greek by name, digits on the line.
  const LETTERS = {
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "ŋ": "ng",
    "ŧ": "t", "ƒ": "f", "ȷ": "j",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
  };
  const isAscii = (text) => /^[\x00-\x7f]*$/.test(text);
  const fold = (text) => {
    if (isAscii(text)) return text.toLowerCase();
    const plain = text.normalize("NFKD").replace(/[\u0300-\u036f\u20d0-\u20ff]/g, "").toLowerCase();
    return plain.replace(/[^\x00-\x7f]/g, (letter) => LETTERS[letter] ?? letter).normalize("NFC");
  };
  // Words with one space between them: every sign but the full stop of a number, C++ and C# parts two words.
  const SIGNS = /[^\p{L}\p{N}\p{M}.+#]+|\.(?!\d)|(?<!\d)\.|(?<![\p{L}+])[+#]+/gu;
  const plain = (text) => fold(text).replace(SIGNS, " ").replace(/ {2,}/g, " ").trim();

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
        row[TITLE], row[KEY], keywords.join(" | "), `${authors.join(", ")} ${row[CATEGORIES]}`, row[TAKEAWAY],
      ];
      let text = "";
      const ends = fields.map((field) => (text += "\n" + plain(field)).length);
      papers.push({
        id: row[KEY], title: row[TITLE], takeaway: row[TAKEAWAY], categories: row[CATEGORIES], keywords,
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

  // What was typed, as terms: a quotation is one, and so are words with a hyphen or a slash between them.
  const QUOTES = /[“”„«»＂「」『』]/g, PART = /"([^"]*)"|[^\s,;:!?&|()（），。；：、！？…"]+/g;
  const termsOf = (query) =>
    [...query.replace(QUOTES, '"').matchAll(PART)].map((m) => plain(m[1] ?? m[0])).filter(Boolean);

  // The papers whose identifiers were pasted, bare, with a version or in an address.
  const ID = /(?:^|[^0-9a-z.]|arxiv\.)(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z-]+)?\/\d{7})(?:v\d+)?(?!\.?\d)/gi;
  const idsOf = (query) =>
    [...query.normalize("NFKC").replace(/%2f/gi, "/").replace(/\p{Cf}/gu, "").matchAll(ID)].map((m) =>
      m[1].toLowerCase().replace(/\.[a-z-]+\//, "/"));

  // Chinese and Japanese are written without gaps between words: there each place may begin one. Korean has gaps.
  const isHangul = (code) => code > 0xabff && code < 0xd7b0;
  const isStart = (text, at) => {
    const code = text.charCodeAt(at);
    return (code > 0x2e80 && !isHangul(code)) || !isLetter(text.charCodeAt(at - 1));
  };
  const isLetter = (code) =>
    (code > 96 && code < 123) || (code > 47 && code < 58) || (code > 0xbf && code < 0x2000) || isHangul(code);

  function search() {
    const query = field.value;
    const ids = idsOf(query);
    words = ids.length ? ids.map(plain) : termsOf(query);
    const began = performance.now();
    hits = [];
    if (words.length) {
      for (const paper of papers) {
        const sum = ids.length ? Number(ids.includes(paper.id)) : score(paper, words);
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

  // The text with the words that were looked for marked. Folding moves places, so that each folded sign keeps its own.
  function marked(text) {
    const spans = [], starts = [0], ends = [0];
    let low = " ";
    for (let at = 0; at < text.length;) {
      const letter = String.fromCodePoint(text.codePointAt(at));
      for (const sign of fold(letter).replace(/[^\p{L}\p{N}\p{M}.+#]/gu, " ")) {
        if (sign === " " && low.endsWith(" ")) continue;
        low += sign;
        while (starts.length < low.length) starts.push(at), ends.push(at + letter.length);
      }
      at += letter.length;
    }
    for (const word of words) {
      for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + word.length)) {
        if (isStart(low, at)) spans.push([starts[at], ends[at + word.length - 1]]);
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
