/**
 * [WEB77] xterm writes its styles into elements and attributes, which the policy of the page allows nobody. What it would write
 * into a `<style>` goes into a sheet of the document instead, and what it would set as an attribute is set as properties.
 */

/** Stands in for a `<style>`: what is written into it holds while it is in the page. */
function styleStandIn(document: Document): HTMLElement {
  const element = document.createElement('span');
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

function elementOf(document: Document, name: string): HTMLElement {
  if (name === 'style') return styleStandIn(document);
  const element = document.createElement(name);
  element.setAttribute = (attribute: string, value: string) => {
    if (attribute === 'style') element.style.cssText = value;
    else Element.prototype.setAttribute.call(element, attribute, value);
  };
  return element;
}

/** The same document, with elements that keep the policy of the page. */
export const lawful = (document: Document): Document =>
  new Proxy(document, {
    get: (target, key) => {
      if (key === 'createElement') return (name: string) => elementOf(target, name);
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
