/** Documentation that can be followed: links lead somewhere, commands exist. */
import { posix } from 'node:path';
import type { Facts } from './facts.ts';
import { matches, type Problem, problem } from './problem.ts';
import type { Manifest, Repo, TextFile } from './repo.ts';

const isMarkdown = ({ path }: TextFile): boolean => path.endsWith('.md');
/** Documents that say how things are now; plans and gaps also speak of what is not there. */
const isGuide = ({ path }: TextFile): boolean => /^([A-Z]+\.md|docs\/decisions\/.*\.md)$/.test(path);
/** Documents whose commands are typed by readers. */
const isManual = ({ path }: TextFile): boolean => path === 'README.md' || path === 'CONTRIBUTING.md';

const LINK = /\[[^\]\n]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
const EXTERNAL = /^([a-z][a-z0-9+.-]*:|\/\/)/i;

/** Relative links, and paths in backticks, that lead nowhere. */
export function linkProblems(repo: Repo): Problem[] {
  const folders = new Set([...repo.paths].flatMap(parents));
  const exists = (path: string) => repo.paths.has(path) || folders.has(path.replace(/\/$/, '')) || path === '.';
  return [
    ...repo.files.filter(isMarkdown).flatMap((file) => brokenLinks(file, repo, exists)),
    ...repo.files.filter(isGuide).flatMap((file) => brokenPaths(file, exists)),
  ];
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function brokenLinks(file: TextFile, repo: Repo, exists: (path: string) => boolean): Problem[] {
  return [...matches(file.text, LINK)].flatMap(({ line, match }) => {
    const target = match[1]!;
    if (EXTERNAL.test(target)) return [];
    const [relative = '', anchor] = decodeURI(target).split('#');
    const path = relative === '' ? file.path : posix.join(posix.dirname(file.path), relative);
    if (!exists(path)) return [problem(file.path, line, `links to ${target}, which does not exist. Correct the path.`)];
    const page = repo.files.find((one) => one.path === path);
    if (anchor === undefined || !page || !isMarkdown(page) || anchors(page.text).has(anchor)) return [];
    return [problem(file.path, line, `links to #${anchor}, but ${path} has no such heading.`)];
  });
}

/** Anchors as GitHub makes them. */
const anchors = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** `packages/x/src/y.ts` in backticks; patterns with `*`, `<` or `…` are examples. */
function brokenPaths(file: TextFile, exists: (path: string) => boolean): Problem[] {
  const paths = matches(file.text, /`((?:apps|bench|bin|docs|packages|packs|tools)\/[\w./-]+)`/g);
  return [...paths]
    .filter(({ match }) => !exists(match[1]!))
    .map(({ line, match }) => problem(file.path, line, `names ${match[1]}, which does not exist. Correct the path.`));
}

/** Commands in code spans and blocks of the README and CONTRIBUTING that do not exist. */
export function commandProblems(repo: Repo, manifests: readonly Manifest[], all: readonly Facts[]): Problem[] {
  const scripts = new Set(Object.keys(manifests.find(({ folder }) => folder === '')?.scripts ?? {}));
  const commands = new Set(all.filter(({ path }) => path.startsWith('apps/cli/src/')).flatMap(commandNames));
  return repo.files
    .filter(isManual)
    .flatMap((file) =>
      code(file.text).flatMap(({ line, text }) => [
        ...unknown(file.path, line, text, /\bnpm run ([\w:-]+)/g, scripts, 'package.json has no such script'),
        ...unknown(file.path, line, text, /\bnpm (test|start)\b/g, scripts, 'package.json has no such script'),
        ...unknown(
          file.path,
          line,
          text,
          /(?:^|\s)reeve ([a-z][a-z-]*)/g,
          commands,
          'apps/cli defines no such command',
        ),
      ]),
    );
}

const commandNames = ({ named }: Facts): string[] => named.map(({ text }) => text.split(' ')[0]!);

/** Inline code and lines of fenced blocks, with their lines. */
function code(text: string): { line: number; text: string }[] {
  let fenced = false;
  return text.split('\n').flatMap((content, index) => {
    const line = index + 1;
    if (/^\s*```/.test(content)) {
      fenced = !fenced;
      return [];
    }
    if (fenced) return [{ line, text: content.replace(/(^|\s)#.*$/, '') }];
    return [...content.matchAll(/`([^`]+)`/g)].map((match) => ({ line, text: match[1]! }));
  });
}

function unknown(
  file: string,
  line: number,
  text: string,
  pattern: RegExp,
  known: ReadonlySet<string>,
  why: string,
): Problem[] {
  return [...text.matchAll(pattern)]
    .filter(([, name]) => !known.has(name!))
    .map(([command]) => problem(file, line, `says \`${command.trim()}\`, but ${why}. Correct one of them.`));
}
