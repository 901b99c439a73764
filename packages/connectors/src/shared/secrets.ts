/** Finding and removing secrets in whatever leaves a tool, also encoded [T14]. */

/** Shorter texts occur by chance; removing them would garble results and reveal where they were. */
const MIN_SECRET = 8;

/** What stands in place of a secret. */
const MARK = '[secret removed]';

/** The texts in which `secret` is recognised: raw, percent-encoded, JSON, hex, Base64 at each alignment. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const encoded = encodeURIComponent(secret);
  const every = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const hex = bytes.toString('hex');
  return [
    ...[secret, encoded, encoded.toLowerCase(), encoded.replaceAll('%20', '+'), every, every.toUpperCase()],
    ...[JSON.stringify(secret).slice(1, -1), hex, hex.toUpperCase()],
    ...[0, 1, 2].flatMap((shift) => base64Forms(bytes, shift)),
  ];
}

/** The characters of Base64 that depend on the secret alone when `shift` bytes come before it. */
function base64Forms(bytes: Buffer, shift: number): string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const end = Math.floor(((shift + bytes.length) * 8) / 6);
  const core = text.slice(Math.ceil((shift * 8) / 6), end);
  return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}

export interface Redactor {
  /** Does `value`, plain JSON, contain a secret anywhere, as key or as value? */
  found(value: unknown): boolean;
  /** `value`, plain JSON, without secrets. */
  clean<T>(value: T): T;
  /** How many of the first characters of `text` hold no secret that what follows could still complete. */
  settled(text: string): number;
}

/** Length of the longest end of `text` with which one of `forms` begins. */
function begun(text: string, forms: readonly string[]): number {
  const longest = forms.reduce((most, { length }) => Math.max(most, length - 1), 0);
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (forms.some((form) => form.length > length && form.startsWith(end))) return length;
  }
  return 0;
}

/** A place where `text` can be cut: no form lies across it, and none begins after it that goes on beyond the end. */
function cutOf(text: string, forms: readonly string[]): number {
  let cut = text.length - begun(text, forms);
  for (let before = -1; before !== cut; ) {
    before = cut;
    for (const form of forms) {
      const at = text.lastIndexOf(form, cut - 1);
      if (at !== -1 && at + form.length > cut) cut = at;
    }
  }
  return cut;
}

/** Cleans a text that comes in pieces, and gives it on as soon as it may: a secret cut in two by them is found, too [T14]. */
export function cleaning(
  redactor: Redactor,
  sink: (text: string) => void,
): { readonly write: (text: string) => void; readonly end: () => void } {
  let held = '';
  const give = (length: number) => {
    const text = redactor.clean(held.slice(0, length));
    held = held.slice(length);
    if (text !== '') sink(text);
  };
  return {
    write: (text) => {
      held += text;
      give(redactor.settled(held));
    },
    end: () => give(held.length),
  };
}

/** A redactor for these secrets. Those shorter than eight characters are refused when they are looked up. */
export function redactorOf(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form.length >= MIN_SECRET);
  forms.sort((a, b) => b.length - a.length);
  const cleanText = (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, MARK), text);
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return cleanText(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [cleanText(key), clean(one)]));
  };
  const found = (value: unknown): boolean => {
    if (typeof value === 'string') return forms.some((form) => value.includes(form));
    if (typeof value !== 'object' || value === null) return false;
    return Object.entries(value).some(([key, one]) => found(key) || found(one));
  };
  return { found, clean: <T>(value: T) => clean(value) as T, settled: (text) => cutOf(text, forms) };
}

/** The secret of that name. Throws an error without its value. */
export async function secretOf(
  lookup: ((name: string) => Promise<string | undefined>) | undefined,
  name: string,
): Promise<string> {
  const value = await lookup?.(name);
  if (value === undefined)
    throw new Error(
      `there is no secret "${name}" for this tool and seat; store it with \`reeve secret set ${name}\` before it is used`,
    );
  if (value.length >= MIN_SECRET) return value;
  throw new Error(
    `secret "${name}" is shorter than ${MIN_SECRET} characters; it could not be told apart from other text`,
  );
}
