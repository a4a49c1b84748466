/** An element; strings among the children are text, never markup. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element[name] = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(4).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}
const byId = id => document.getElementById(id);
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const hex = value => "0x" + BigInt(value).toString(16);
/** Digits of a number with leading zeros faint. */
function digits(value, count) {
  const text = BigInt(value).toString(16);
  const zeros = "0".repeat(Math.max(0, count - text.length));
  return text === "0" ? [h("span", { class: "z" }, "0".repeat(count))] : [h("span", { class: "z" }, zeros), text];
}
const spacedBytes = bytes => (bytes || "").replace(/../g, "$& ").trim();

/** A number that leads to the first step it is found in. */
const address = value => h("button", { class: "link mono", title: "Search for this address",
  onclick: () => startSearch(hex(value)) }, hex(value));

const EXCEPTIONS = ["#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS", "#GP",
  "#PF", "15", "#MF", "#AC", "#MC", "#XM", "#VE", "#CP"];
const bit = (value, number) => (BigInt(value) >> BigInt(number) & 1n) === 1n;
const bitNames = (table, value) => table.filter(([number]) => bit(value, number)).map(([, name]) => name);

/** The error code of an exception in words. */
function errorWords(vector, error) {
  if (vector === 14) {
    return [bit(error, 0) ? "the page is present, its permissions forbid it" : "a page or table is not present",
      bit(error, 4) ? "instruction fetch" : bit(error, 1) ? "write" : "read",
      bit(error, 2) ? "by user code" : "by the supervisor", bit(error, 3) && "a reserved bit was set",
      bit(error, 5) && "PKRU forbids it by the page's protection key"]
      .filter(Boolean).join("; ");
  }
  if ([10, 11, 12, 13].includes(vector) && BigInt(error) !== 0n) {
    const table = bit(error, 1) ? "IDT" : bit(error, 2) ? "LDT" : "GDT";
    return `entry ${BigInt(error) >> 3n} of the ${table}${bit(error, 0) ? "; external event" : ""}`;
  }
  return "";
}

/** What a step is, in one line. */
function textOf(step) {
  if (step.t === "interrupt") {
    const name = step.vector < EXCEPTIONS.length && step.source !== "external" ? ` ${EXCEPTIONS[step.vector]}` : "";
    return `${step.source || ""} interrupt ${step.vector}${name}`.trim();
  }
  return step.text;
}
const exceptionName = exception => exception.name || EXCEPTIONS[exception.vector] || `vector ${exception.vector}`;
const noteOf = step => (step.exceptions || []).map(exceptionName).join(" → ");

function table(heads, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, heads.map(head => h("th", {}, head)))), h("tbody", {}, rows));
}
const cell = (...content) => h("td", {}, ...content);
const number = (...content) => h("td", { class: "num" }, ...content);
const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
