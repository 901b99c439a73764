/**
 * [WEB77] xterm writes its styles into elements and attributes, which the policy of the page allows nobody. While a terminal is
 * open, what is written into a `<style>` made here goes into a sheet of the document, and `style` attributes are set as properties.
 */

const plain = (document: Document, name: string, options?: ElementCreationOptions): HTMLElement =>
  Document.prototype.createElement.call(document, name, options);

/** Stands in for a `<style>`: what is written into it holds while it is in the page. */
function styleStandIn(document: Document): HTMLElement {
  const element = plain(document, 'span');
  const sheet = new CSSStyleSheet();
  element.hidden = true;
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}

function elementOf(document: Document, name: string, options?: ElementCreationOptions): HTMLElement {
  if (name === 'style') return styleStandIn(document);
  const element = plain(document, name, options);
  element.setAttribute = (attribute: string, value: string) => {
    if (attribute === 'style') element.style.cssText = value;
    else Element.prototype.setAttribute.call(element, attribute, value);
  };
  return element;
}

let terminals = 0;

/** From now on elements made in the document keep the policy of the page. @returns what ends it. */
export function lawful(document: Document): () => void {
  terminals += 1;
  // xterm makes its elements with the global document, whatever document it is given.
  Object.defineProperty(document, 'createElement', {
    configurable: true,
    value: (name: string, options?: ElementCreationOptions) => elementOf(document, name, options),
  });
  return () => {
    terminals -= 1;
    if (terminals === 0) Reflect.deleteProperty(document, 'createElement');
  };
}
