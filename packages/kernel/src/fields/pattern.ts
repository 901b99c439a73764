/**
 * Regular expressions that cannot run away. JavaScript's engine backtracks, so `(a+)+b` takes exponential time on "aaaa…".
 * A pattern is scanned once: repeating something that can itself match in several ways is refused, and what remains has a
 * number of ways bounded by (finite choices) × length^(unbounded repeats), which is checked against each text.
 *
 * Patterns and messages are read by whoever writes the pack.
 */
export type Compiled =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string };

export interface Pattern {
  readonly source: string;
  /** undefined: matching so long a text could take too long; nothing was tried. */
  readonly test: (text: string) => boolean | undefined;
  /** Upper bound of the ways to try on a text of this length. */
  readonly ways: (length: number) => number;
}

const MAX_PATTERN = 500;
/** Measured: at most some 60 ms of backtracking for the worst patterns this admits, mostly under 5 ms. */
const MAX_WAYS = 1_000_000;
/** A pattern too costly for texts this short is of no use. */
const MIN_TEXT = 20;

/**
 * Compile a pattern with the `u` flag. `whole` requires the entire text to match, as fields do; otherwise a match anywhere
 * in the text counts, as CEL's `matches` does.
 */
export function compilePattern(source: string, whole: boolean): Compiled {
  if (source.length > MAX_PATTERN)
    return {
      ok: false,
      message: `the pattern has ${source.length} characters, at most ${MAX_PATTERN} are allowed; split the check`,
    };
  const expression = syntax(whole ? `^(?:${source})$` : source, source);
  if (typeof expression === 'string') return { ok: false, message: expression };
  try {
    return bounded(source, expression, whole);
  } catch (error) {
    if (error instanceof Runaway) return { ok: false, message: error.message };
    throw error;
  }
}

function bounded(source: string, expression: RegExp, whole: boolean): Compiled {
  const scanner = new Scanner(source);
  const choices = scanner.choices();
  const anchored = whole || (source.startsWith('^') && !scanner.alternatives);
  const exponent = choices.unbounded + (anchored ? 0 : 1);
  const ways = (length: number) => choices.finite * Math.max(1, length) ** exponent;
  if (ways(MIN_TEXT) > MAX_WAYS)
    return {
      ok: false,
      message: `the pattern can match a text of ${MIN_TEXT} characters in more than ${MAX_WAYS} ways; use fewer repeats, or bound them`,
    };
  return {
    ok: true,
    pattern: { source, ways, test: (text) => (ways(text.length) > MAX_WAYS ? undefined : expression.test(text)) },
  };
}

/** The source is compiled alone too, so that a stray ")" cannot close the anchoring group. */
function syntax(full: string, source: string): RegExp | string {
  try {
    new RegExp(source, 'u');
    return new RegExp(full, 'u');
  } catch (error) {
    return `the pattern cannot be read (${(error as Error).message}); escape literal characters such as ".", "{" or "/" correctly`;
  }
}

class Runaway extends Error {}

/** How many ways a part can match a text: `finite` × length^`unbounded`. Fixed parts have { 1, 0 }. */
interface Choices {
  readonly finite: number;
  readonly unbounded: number;
}
const FIXED: Choices = { finite: 1, unbounded: 0 };

interface Repeat {
  readonly min: number;
  readonly max: number;
}

const REPEAT = /(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y;
const GROUP_HEAD = /\(\?(?:<?[=!]|<\w+>|[a-z-]*:)|\(/uy;
const ESCAPE = /\\(?:[uxpPk](?:\{[^}]*\}|<[^>]*>)?|.)/suy;
const CLASS = /\[(?:\\.|[^\]\\])*\]/suy;
const LITERAL = /[^\\[\](){}.*+?|^$]/u;

/** Reads a pattern whose syntax is known to be valid. */
class Scanner {
  readonly #source: string;
  #at = 0;
  /** Is there a "|" anywhere? Then a leading "^" need not hold for all of the pattern. */
  alternatives = false;
  constructor(source: string) {
    this.#source = source;
  }

  /** Alternatives up to the end or the closing parenthesis. */
  choices(): Choices {
    const first = new Set<string>();
    let total = this.#sequence(first);
    let alternatives = 1;
    while (this.#source[this.#at] === '|') {
      this.#at++;
      this.alternatives = true;
      const next = this.#sequence(first);
      alternatives++;
      total = { finite: total.finite + next.finite, unbounded: Math.max(total.unbounded, next.unbounded) };
    }
    return this.#decided(first, alternatives, total) ? FIXED : total;
  }

  /** Alternatives that start with different literal characters leave one way: (foo|bar). */
  #decided(first: Set<string>, alternatives: number, total: Choices): boolean {
    return total.unbounded === 0 && total.finite === alternatives && first.size === alternatives;
  }

  #sequence(first: Set<string>): Choices {
    const start = this.#source[this.#at] ?? '';
    if (LITERAL.test(start) && !'*?{'.includes(this.#source[this.#at + 1] ?? ' ')) first.add(start);
    let total = FIXED;
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const next = this.#repeated();
      total = { finite: total.finite * next.finite, unbounded: total.unbounded + next.unbounded };
    }
    return total;
  }

  #repeated(): Choices {
    const begin = this.#at;
    const inner = this.#atom();
    const repeat = this.#repeat();
    if (!repeat) return inner;
    const { min, max } = repeat;
    if (max < Infinity) return { finite: inner.finite ** max * (max - min + 1), unbounded: inner.unbounded * max };
    if (inner.finite > 1 || inner.unbounded > 0) this.#refuse(begin);
    return { finite: 1, unbounded: 1 };
  }

  #refuse(begin: number): never {
    const part = this.#source.slice(begin, this.#at);
    throw new Runaway(
      `"${part}" repeats something that can itself match in several ways; on some texts that takes exponential time. ` +
        'Repeat one class instead, e.g. [a-z-]+ for ([a-z]+-?)+, or let alternatives start with different letters',
    );
  }

  #atom(): Choices {
    if (this.#take(GROUP_HEAD)) {
      const inner = this.choices();
      this.#at++;
      return inner;
    }
    if (!this.#take(ESCAPE) && !this.#take(CLASS)) this.#at += this.#source.codePointAt(this.#at)! > 0xffff ? 2 : 1;
    return FIXED;
  }

  #repeat(): Repeat | undefined {
    const match = this.#take(REPEAT);
    if (!match) return undefined;
    if (match[1] !== undefined) {
      const min = Number(match[1]);
      return { min, max: match[2] ? (match[3] ? Number(match[3]) : Infinity) : min };
    }
    return { min: match[0].startsWith('+') ? 1 : 0, max: match[0].startsWith('?') ? 1 : Infinity };
  }

  #take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#source);
    if (match) this.#at += match[0].length;
    return match;
  }
}
