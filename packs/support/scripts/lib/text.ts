/** Pure reading of what customers write: order numbers, amounts, addresses, language. */

const ORDER_ID = /\bAC[\s-]?(\d{4})\b/gi;
const AMOUNT =
  /(?:[$€]|USD\s|EUR\s)\s?(\d{1,4}(?:[.,]\d{2})?)(?!\d)|(\d{1,4}(?:[.,]\d{2})?)\s?(?:[$€]|USD|EUR|dollars|euros?)(?![A-Za-z])/gi;
const CARD = /(?<!\d)(?:\d{4}[ -]?){3}\d{4}(?!\d)/g;
const ADDRESS =
  /(?:(?:new|right|correct|neue|nouvelle|nueva) (?:address|adresse|dirección)(?: is| ist| est| es)?|(?:ship|send|deliver|redirect)(?: it)? to|instead to|an diese adresse)\s*[:-]?\s*\n?([^\n!?]{12,140})/i;

export type Language = 'en' | 'de' | 'fr' | 'es';

/** Order numbers in order of appearance, normalised to `AC-1234`, without repeats. */
export function orderIds(text: string): string[] {
  return [...new Set([...text.matchAll(ORDER_ID)].map((match) => `AC-${match[1]}`))];
}

/** Amounts of money in micro-units, in order of appearance. "12,50 €" and "$12.50" are the same. */
export function amounts(text: string): number[] {
  return [...text.matchAll(AMOUNT)].map((match) => {
    const [whole = '0', cents = '00'] = (match[1] ?? match[2] ?? '0').split(/[.,]/);
    return Number(whole) * 1_000_000 + Number(cents) * 10_000;
  });
}

/** The address a customer asks to deliver to; undefined when none is written out. */
export function newAddress(text: string): string | undefined {
  const line = ADDRESS.exec(text)?.[1] ?? '';
  // The address ends with its sentence; the dot of "St." or "P.O." ends none.
  const found = line
    .split(/(?<=\w{3})\.\s/)[0]
    ?.trim()
    .replace(/[.;\s]+$/, '');
  return found && /\d/.test(found) ? found : undefined;
}

/** Payment card numbers must not travel back in our own mails. */
export const redactCards = (text: string): string => text.replace(CARD, '[number removed]');

const MARKERS: Record<Exclude<Language, 'en'>, RegExp> = {
  de: /\b(?:ich|nicht|bitte|und|meine?|bestellung|danke|wurde|guten|mit|ist|das)\b/gi,
  fr: /\b(?:je|bonjour|merci|commande|pas|vous|mon|ma|est|une|avec|pour)\b/gi,
  es: /\b(?:hola|gracias|pedido|quiero|por|favor|mi|una|está|pero|con|para)\b/gi,
};

/** The language of a message by its commonest words; English unless another is clear. */
export function language(text: string): Language {
  const counts = Object.entries(MARKERS).map(
    ([code, words]) => [code as Language, (text.match(words) ?? []).length] as const,
  );
  const [best, count] = counts.reduce((a, b) => (b[1] > a[1] ? b : a));
  const words = text.split(/\s+/).length;
  return count >= 3 && count / words > 0.12 ? best : 'en';
}

/** Lower case, plain quotes and single spaces; "Re:", "Fwd:" and quote marks removed. */
export function normalise(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’`]/g, "'")
    .replace(/^\s*>+ ?/gm, '')
    .replace(/^(?:\s*(?:re|fwd?|aw|wg):\s*)+/i, '')
    .replace(/\s+/g, ' ')
    .trim();
}
