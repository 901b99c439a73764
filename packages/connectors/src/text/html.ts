/** Elements whose content is never shown as text. Not `head`: its closing tag may be left out, which would hide the mail. */
const SILENT = new Set(['script', 'style', 'title', 'template', 'iframe']);
/** Elements that start on a new line. */
const BLOCKS = new Set(
  (
    'address article aside blockquote br center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr ' +
    'li main nav ol p pre section table tbody tfoot thead tr ul'
  ).split(' '),
);
/** U+00A0 to U+00FF in order, as HTML 4 names them. */
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot ' +
  'cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml ' +
  'Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ' +
  'ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const ENTITIES = new Map<string, string>([
  ...LATIN.split(' ').map((name, index): [string, string] => [name, String.fromCharCode(0xa0 + index)]),
  ['nbsp', ' '],
  ['shy', ''],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['euro', '€'],
  ['hellip', '…'],
  ['mdash', '—'],
  ['ndash', '–'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['sbquo', '‚'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['bdquo', '„'],
  ['bull', '•'],
  ['trade', '™'],
  ['rarr', '→'],
  ['larr', '←'],
]);

const TAG_NAME = /[a-z][^\s/>]*/iy;
const WHITE = /\s/;

/**
 * The text of an HTML mail: tags, comments and silent elements are dropped, block elements start lines, entities are
 * decoded once. One pass forward, linear in the input, whatever the input. Nothing is interpreted; see `disarm`.
 */
export function htmlToText(html: string): string {
  const out: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    const until = open === -1 ? html.length : open;
    pushText(html.slice(at, until), out);
    if (open === -1) break;
    at = afterTag(html, open, out);
  }
  return tidy(out.join(''));
}

/** Handles the `<` at `open`: pushes what it stands for, returns where reading goes on. */
function afterTag(html: string, open: number, out: string[]): number {
  if (html.startsWith('<!--', open)) return after(html, '-->', open + 4);
  const next = html[open + 1] ?? '';
  if (next === '!' || next === '?') return after(html, '>', open + 2);
  const closing = next === '/';
  const name = tagName(html, open + (closing ? 2 : 1));
  if (name === '') {
    if (closing) return after(html, '>', open + 2);
    out.push('<');
    return open + 1;
  }
  pushSeparator(name, closing, out);
  const end = tagEnd(html, open + 1 + name.length);
  return !closing && SILENT.has(name) ? afterElement(html, name, end) : end;
}

function tagName(html: string, at: number): string {
  TAG_NAME.lastIndex = at;
  return TAG_NAME.exec(html)?.[0].toLowerCase() ?? '';
}

/** White space counts once, and not at all at the start of a line. */
function pushText(html: string, out: string[]) {
  const text = decodeEntities(html.replace(/\s+/g, ' '));
  if (text !== '' && !(text === ' ' && atLineStart(out))) out.push(text);
}

/** A block starts a line unless one has just been started; `br` always does. */
function pushSeparator(name: string, closing: boolean, out: string[]) {
  const mark = separator(name, closing);
  const shown = name !== 'br' && mark.startsWith('\n') && atLineStart(out) ? mark.slice(1) : mark;
  if (shown !== '') out.push(shown);
}

function separator(name: string, closing: boolean): string {
  if (name === 'li' && !closing) return '\n- ';
  if (BLOCKS.has(name)) return name === 'p' && closing ? '\n\n' : '\n';
  return name === 'td' || name === 'th' ? ' ' : '';
}

function atLineStart(out: readonly string[]): boolean {
  return out.at(-1)?.endsWith('\n') ?? true;
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

/** Past the `>` that ends a tag. A `>` inside a quoted attribute value does not; a tag that never ends takes the rest. */
function tagEnd(html: string, from: number): number {
  let valueNext = false;
  for (let at = from; at < html.length; at++) {
    const char = html[at]!;
    if (char === '>') return at + 1;
    if (valueNext && (char === '"' || char === "'")) {
      at = after(html, char, at + 1) - 1;
      valueNext = false;
    } else if (!WHITE.test(char)) {
      valueNext = char === '=';
    }
  }
  return html.length;
}

/** Past the closing tag of a silent element; one that is never closed hides the rest, as in a browser. */
function afterElement(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  close.lastIndex = from;
  const found = close.exec(html);
  return found === null ? html.length : tagEnd(html, close.lastIndex);
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z\d]{1,10}));?/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}

function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[ \t]+/g, ' ').trim());
  return lines
    .filter((line, index) => line !== '' || lines[index - 1] !== '')
    .join('\n')
    .trim();
}

/**
 * Makes sure that what came from HTML holds no tag any more: a decoded `&lt;img …&gt;` is what the customer saw, and
 * stays readable as `< img …>`, but opens nothing if a page shows it unescaped. Addresses like `<bob@example.com>`,
 * found in every quoted reply, stay whole: they have no room for an attribute.
 */
export function disarm(text: string): string {
  return text.replace(/<(?![^\s<>"'=/@]+@[^\s<>"'=/@]+>)(?=[a-z/!?])/gi, '< ');
}
