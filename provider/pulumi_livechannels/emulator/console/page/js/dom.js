// Why: elements are made here and never from text, so that no name on the platform can become markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `on…` properties are listeners, true and false set and leave out an attribute, the rest are attributes. */
export function h(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** The same for a picture. */
export function svg(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** A number for ids that nobody has to know. */
let last = 0;
export const unique = (what) => `${what}-${++last}`;
