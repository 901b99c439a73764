import { usage, wholeNumber } from '../context.ts';

/** Options of every list that can grow. */
export interface PageOptions {
  readonly limit: string;
  readonly cursor?: string;
}

/** As the API takes them. */
export const pageOf = ({ limit, cursor }: PageOptions): { limit: number; cursor?: string } => ({
  limit: wholeNumber(limit, '--limit', 1, 1000),
  ...(cursor === undefined ? {} : { cursor }),
});

/** What is printed under a page that is not the last. */
export const moreText = (next: string | undefined): string =>
  next === undefined ? '' : `and more; the next page: --cursor ${next}\n`;

/** The given options without those that are absent. */
export const given = <T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;

/** "P-3" in any case of letters. @throws Failure when it is no such id. */
export function idOf(given: string, prefix: string, what: string, list: string): string {
  const id = given.toUpperCase();
  if (id.startsWith(`${prefix}-`) && /^[A-Z]+-\d{1,15}$/.test(id)) return id;
  throw usage(`"${given}" is no ${what}`, `they have ids such as ${prefix}-3`, `find it with: ${list}`);
}
