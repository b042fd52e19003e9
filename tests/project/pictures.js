// Draws each of PICTURES by Mermaid, or each of FILES, and logs what lies over something else in it
// or cannot be read.
const box = (element) => element.getBoundingClientRect();
const overlap = (a, b, by = 1) =>
  a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by;

function faults(svg) {
  const found = [];
  const labels = [...svg.querySelectorAll("foreignObject")].filter((label) => label.textContent.trim());
  const things = labels.map((label) => {
    const name = `"${label.textContent.trim()}"`;
    const words = document.createRange();
    words.selectNodeContents(label.querySelector("p"));
    const text = box(words);
    const owner = label.closest(".node, .cluster");
    const frame = box(owner ? owner.firstElementChild : label);
    if (text.left < frame.left || text.right > frame.right || text.top < frame.top || text.bottom > frame.bottom)
      found.push(`${name} does not fit into its box`);
    return { name, owner, area: owner?.matches(".node") ? frame : text };
  });
  things.forEach(({ name, area }, i) => {
    for (const other of things.slice(i + 1))
      if (overlap(area, other.area)) found.push(`${name} lies over ${other.name}`);
  });
  for (const arrow of svg.querySelectorAll(".edgePaths path")) {
    const points = Array.from({ length: 201 }, (_, step) =>
      arrow.getPointAtLength((arrow.getTotalLength() * step) / 200).matrixTransform(arrow.getScreenCTM()));
    // An arrow runs below its label, and ends at the border of a box.
    for (const { name, area } of things.filter((thing) => thing.owner))
      if (points.some(({ x, y }) => overlap(area, { left: x, right: x, top: y, bottom: y }, 4)))
        found.push(`an arrow lies over ${name}`);
  }
  const size = (16 * box(svg).width) / svg.viewBox.baseVal.width;
  if (size < 12) found.push(`it is so wide that its letters have ${size.toFixed(1)} pixels`);
  return found;
}

function faultsOfFile(svg) {
  const found = [];
  const frame = box(svg);
  const things = [...svg.querySelectorAll("text, circle, rect")].map((element) => ({
    name: element.matches("text") ? `"${element.textContent}"` : `a ${element.tagName}`,
    area: box(element),
  }));
  things.forEach(({ name, area }, i) => {
    if (area.left < frame.left || area.right > frame.right || area.top < frame.top || area.bottom > frame.bottom)
      found.push(`${name} is not inside of the picture`);
    for (const other of things.slice(i + 1))
      if (overlap(area, other.area, 0.5)) found.push(`${name} lies over ${other.name}`);
  });
  for (const line of svg.querySelectorAll("line"))
    for (const { name, area } of things.filter((thing) => thing.name.startsWith('"')))
      if (overlap(area, grown(box(line)), 0)) found.push(`a line lies over ${name}`);
  return found;
}

// A line may have no height, or no width.
const grown = ({ left, right, top, bottom }) =>
  ({ left: left - 0.5, right: right + 0.5, top: top - 0.5, bottom: bottom + 0.5 });

(async () => {
  const found = [];
  if (globalThis.FILES) {
    for (const [name, text] of FILES) {
      document.body.innerHTML = text;
      found.push(...faultsOfFile(document.querySelector("svg")).map((fault) => [name, fault]));
    }
    console.log("faults: " + JSON.stringify(found));
    return;
  }
  mermaid.initialize({ startOnLoad: false });
  for (const [name, picture] of PICTURES)
    try {
      document.body.innerHTML = (await mermaid.render("picture", picture)).svg;
      found.push(...faults(document.querySelector("svg")).map((fault) => [name, fault]));
    } catch (error) {
      found.push([name, String(error)]);
    }
  console.log("faults: " + JSON.stringify(found));
})();
