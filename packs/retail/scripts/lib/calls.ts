/** One call of a tool, as the benchmark writes it. */
export interface Call {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** The calls a case's text asks for: a JSON list of `{name, arguments}`; or a sentence saying why it is none. */
export function parseCalls(text: string): Call[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `The case's text is not JSON: ${(error as Error).message}`;
  }
  if (Array.isArray(value) && value.every(isCall)) return value;
  return 'The case\'s text is not a list of {"name", "arguments"}.';
}

function isCall(value: unknown): value is Call {
  if (typeof value !== 'object' || value === null) return false;
  const { name, arguments: given } = value as { name?: unknown; arguments?: unknown };
  return typeof name === 'string' && typeof given === 'object' && given !== null && !Array.isArray(given);
}
