/**
 * [WEB76] What a program wrote, for a terminal: colours and the end of a line may be set, nothing else. All other control
 * sequences are shown as what they are and do nothing: no links, titles, bells, clipboards, questions, other screens or moves to
 * lines above. Pure.
 */
import { visible } from './format.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SEQUENCE = /\u001b\[([0-9;:]{0,64})([mK])/g;
/** A sequence that the next piece may complete. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const BEGUN = /\u001b(?:\[[0-9;:]{0,64})?$/;
const KEPT: ReadonlySet<string> = new Set(['\n', '\r', '\t']);

/** Reset, weights, slants, lines, and colours; not what hides text (8) or blinks. */
function paints(parameters: string): boolean {
  const numbers = parameters.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at]!;
    // The colours of a palette and free ones bring numbers of their own.
    if (number === 38 || number === 48) at += numbers[at + 1] === 5 ? 2 : 4;
    else if ([5, 6, 8].includes(number)) return false;
  }
  return true;
}

/** Takes a text in pieces and gives what may be written to a terminal. */
export function terminalText(): (text: string) => string {
  let held = '';
  return (text) => {
    const all = held + text;
    held = BEGUN.exec(all)?.[0] ?? '';
    const now = all.slice(0, all.length - held.length);
    let [shown, last] = ['', 0];
    for (const found of now.matchAll(SEQUENCE)) {
      const [sequence, parameters = '', kind] = found;
      const harmless = kind === 'K' || paints(parameters);
      shown += visible(now.slice(last, found.index), KEPT) + (harmless ? sequence : visible(sequence, KEPT));
      last = found.index + sequence.length;
    }
    return shown + visible(now.slice(last), KEPT);
  };
}
