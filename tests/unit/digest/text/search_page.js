// Asks the archive's search box outside a browser: node search_page.js SEARCH.JS < {"papers", "queries", "texts"} -> JSON.
const fs = require("fs");
const input = JSON.parse(fs.readFileSync(0, "utf8"));
const element = () => ({
  children: [], dataset: { found: "{n}", none: "", loading: "" }, hidden: false, textContent: "", value: "",
  append(...more) { this.children.push(...more); },
  replaceChildren() { this.children = []; },
  addEventListener() {}, focus() {},
});
const elements = Object.fromEntries(["q", "told", "hits", "more", "find"].map((id) => [id, element()]));
global.document = {
  getElementById: (id) => elements[id], createElement: element, head: element(), documentElement: { lang: "en" },
};
global.location = { search: "", href: "http://localhost/" };
global.history = { replaceState() {} };
const source = fs.readFileSync(process.argv[2], "utf8").replace("return { months, shard };", "return { months, shard, fold, LETTERS };");
const page = eval(`${source.replace('"use strict";', "")}\narchive`);
const rows = input.papers.map((p) => [p.id, p.title, [0], [], "cs.RO", p.takeaway, 9]);
page.shard("2026-01", ["Ada Lovelace"], rows);
const marks = (item) => item.children[0].children.filter((part) => part.textContent).map((part) => part.textContent);
const hits = input.queries.map((query) => {
  elements.q.value = query;
  page.months([]);
  return elements.hits.children.map((item) => [item.children[0].href, marks(item)]);
});
console.log(JSON.stringify({ hits, folded: input.texts.map(page.fold), letters: page.LETTERS }));
