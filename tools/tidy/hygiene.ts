/** What is never in this code: `any`, evaluated text, promises without an entry, names one cannot type, secrets. */
import type { Facts } from './facts.ts';
import { matches, type Problem, problem } from './problem.ts';
import type { Repo, TextFile } from './repo.ts';

const GAPS = 'docs/gaps.md';
const PROMISE = /\b(TODO|FIXME|XXX|HACK)\b/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it asks for
const ASCII = /^[\x00-\x7f]*$/;

/** Untidiness in code: see the head of this file. */
export function codeProblems(repo: Repo, all: readonly Facts[]): Problem[] {
  const gaps = repo.files.find(({ path }) => path === GAPS)?.text ?? '';
  return all.flatMap((facts) => [...types(facts), ...evaluated(facts), ...promises(facts, gaps), ...names(facts)]);
}

const types = ({ path, keywords }: Facts): Problem[] =>
  keywords
    .filter(({ text }) => text === 'any')
    .map(({ line }) => problem(path, line, '`any`: write `unknown` and narrow it, or the type itself.'));

const evaluated = ({ path, uses }: Facts): Problem[] =>
  uses
    .filter(({ name, member }) => (name === 'eval' && member === null) || name === 'Function')
    .map(({ name, line }) => problem(path, line, `\`${name}\` runs text as code: use a function, a table or CEL.`));

const promises = ({ path, comments }: Facts, gaps: string): Problem[] =>
  comments
    .filter(({ text }) => PROMISE.test(text) && !gaps.includes(path))
    .map(({ text, line }) =>
      problem(
        path,
        line,
        `${PROMISE.exec(text)![0]} without an entry: do it, or name ${path} in ${GAPS} and say what lacks.`,
      ),
    );

const names = ({ path, identifiers }: Facts): Problem[] =>
  identifiers
    .filter(({ text }) => !ASCII.test(text))
    .map(({ text, line }) => problem(path, line, `the name "${text}" is not ASCII: such names look alike. Rename it.`));

/** Forms of credentials. Names of what they open are in the message, never the text itself. */
const SECRETS: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/g],
  ['an AWS key', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ['a GitHub token', /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/g],
  ['a key of a model provider', /\bsk-(ant-|proj-)?[A-Za-z0-9_-]{24,}/g],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/g],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{16,}/g],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['a password in an address', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"`<>$]+:[^\s/:@'"`<>$]{8,}@/g],
];

/** Texts that look like credentials, in any file. */
export const secretProblems = ({ files }: Repo): Problem[] => files.flatMap(secretsIn);

function secretsIn({ path, text }: TextFile): Problem[] {
  return SECRETS.flatMap(([what, pattern]) =>
    [...matches(text, pattern)].map(({ line }) =>
      problem(path, line, `looks like ${what}: remove it, revoke it if it is real, and make up fakes in parts.`),
    ),
  );
}
