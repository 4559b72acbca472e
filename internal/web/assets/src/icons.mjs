// SPDX-License-Identifier: Apache-2.0
// Writes the drawings named in icons.txt as a style: each is the mask of an element of the class
// i-NAME. A page shows a hundred and more icons, so that a drawing comes once, with the style, and
// not at each of its places. Lucide is under the ISC licence (https://lucide.dev/license).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url);
const names = readFileSync(new URL("icons.txt", here), "utf8").split("\n").map((n) => n.trim()).filter(Boolean).sort();
const ground = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='#000' stroke-width='1.75' stroke-linecap='round' stroke-linejoin='round'>";
const inURL = (svg) => svg.replaceAll('"', "'").replaceAll("%", "%25").replaceAll("#", "%23").replaceAll("<", "%3C").replaceAll(">", "%3E");
const rules = [...new Set(names)].map((name) => {
  const svg = readFileSync(new URL(`node_modules/lucide-static/icons/${name}.svg`, here), "utf8");
  const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/\s+/g, " ").replace(/ ?\/>/g, "/>").replace(/> </g, "><").trim();
  return `  .i-${name} { --drawing: url("data:image/svg+xml,${inURL(`${ground}${inside}</svg>`)}"); }`;
});
mkdirSync(new URL("node_modules/.cache/", here), { recursive: true });
writeFileSync(new URL("node_modules/.cache/icons.css", here), `@layer base {\n${rules.join("\n")}\n}\n`);
