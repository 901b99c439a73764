/** Who may import whom (`design/01-architecture.md`), and that manifests say what is imported. */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Facts, Import } from './facts.ts';
import { lineAt, type Problem, problem } from './problem.ts';
import { homeOf, isTest, type Manifest } from './repo.ts';

/** What a package may import of Reeve. `types` are erased and so bring nothing along; `tests` are added for tests. */
interface Allowed {
  readonly values: readonly string[];
  readonly types?: readonly string[];
  readonly tests?: readonly string[];
  /** Only Reeve and its own files: no libraries, no Node. */
  readonly alone?: boolean;
}

/** `@reeve/ledger` is the pure part and the store port; the adapters are exports of their own, for those who compose. */
const STORES = ['@reeve/ledger/memory', '@reeve/ledger/sqlite', '@reeve/ledger/postgres', '@reeve/ledger/keys'];
const PORTS = [
  '@reeve/kernel',
  '@reeve/ledger',
  '@reeve/ledger/store',
  '@reeve/connectors/port',
  '@reeve/connectors/importing',
  '@reeve/workers/port',
  '@reeve/workers/desk',
];
const PACKAGES = ['kernel', 'ledger', 'protocol', 'connectors', 'packs', 'workers', 'runtime'].map(
  (n) => `@reeve/${n}`,
);
/** Models: the loop, the adapter over providers (loaded when one is asked), and a provider for tests and examples. */
const MODELS = [
  '@reeve/workers/model',
  '@reeve/workers/model/sdk',
  '@reeve/workers/fake-provider',
  '@reeve/workers/cache',
  // Agents from outside: the occupant, and the line to whoever plays it.
  '@reeve/workers/agent',
  '@reeve/connectors/programs',
  // A2A: the shapes of the wire, cards, and the occupant that asks another organisation's agent.
  '@reeve/workers/a2a',
  '@reeve/connectors/remote',
];
const EVERYTHING = [...PACKAGES, ...PORTS, ...STORES, ...MODELS];

const IMPORTS: Readonly<Record<string, Allowed>> = {
  'packages/kernel': { values: [] },
  'packages/ledger': { values: ['@reeve/kernel'] },
  'packages/protocol': { values: ['@reeve/kernel/words'], types: ['@reeve/kernel'], tests: ['@reeve/kernel'] },
  'packages/connectors': { values: ['@reeve/kernel'], tests: ['@reeve/ledger/trial'] },
  'packages/packs': { values: ['@reeve/kernel', '@reeve/connectors', '@reeve/connectors/port'] },
  'packages/workers': {
    values: ['@reeve/kernel', '@reeve/connectors/port'],
    types: ['@reeve/connectors'],
    tests: ['@reeve/connectors', '@reeve/packs'],
  },
  'packages/sdk': {
    values: ['@reeve/connectors/module', '@reeve/connectors/port', '@reeve/workers/port'],
  },
  'packages/runtime': {
    values: PORTS,
    types: ['@reeve/connectors', '@reeve/workers'],
    tests: ['@reeve/connectors', '@reeve/workers', '@reeve/packs', ...STORES, ...MODELS],
  },
  'packages/simulator': {
    values: [
      ...PACKAGES.filter((n) => n !== '@reeve/protocol'),
      ...PORTS,
      '@reeve/ledger/memory',
      '@reeve/runtime/loop',
    ],
  },
  'apps/server': {
    values: [...EVERYTHING, '@reeve/connectors/text'],
    tests: ['@reeve/ledger/trial', '@reeve/connectors/trial'],
  },
  'apps/console': {
    values: ['@reeve/protocol'],
    tests: [
      ...['@reeve/kernel', '@reeve/ledger', '@reeve/ledger/memory', '@reeve/ledger/trial', '@reeve/server'],
      '@reeve/server/cluster',
    ],
  },
  // `reeve ledger verify` and `reeve plan` work without a server, so the pure packages are open to the CLI as well, and its
  // house.ts opens the ledger and the tools where no server can.
  'apps/cli': {
    values: [
      ...['@reeve/protocol', '@reeve/server', '@reeve/simulator', '@reeve/packs', '@reeve/ledger', '@reeve/kernel'],
      // The build of the console only: what makes its files, never its pages.
      '@reeve/console/build',
      ...['@reeve/ledger/sqlite', '@reeve/ledger/postgres', '@reeve/connectors', '@reeve/connectors/text'],
      ...['@reeve/kernel/units', '@reeve/connectors/importing', '@reeve/server/cluster', '@reeve/server/executor'],
      '@reeve/server/secure-fetch',
      // The τ² runner makes an organisation per task, without a data directory or a server.
      ...['@reeve/runtime', '@reeve/workers', '@reeve/ledger/memory'],
    ],
    tests: [...EVERYTHING, '@reeve/ledger/trial'],
  },
  'packs/*': {
    values: ['@reeve/workers', '@reeve/sdk'],
    tests: ['@reeve/kernel', '@reeve/connectors', '@reeve/packs'],
    alone: true,
  },
};

/** Folders that may import anything of Reeve: the commands, the measurements and these checks. */
const OPEN = new Set(['bench', 'bin', 'examples', 'tools', '']);

/** Imports that the table does not allow. */
export function importProblems(all: readonly Facts[]): Problem[] {
  return all.flatMap((facts) => {
    const home = homeOf(facts.path);
    const allowed = IMPORTS[home.startsWith('packs/') ? 'packs/*' : home];
    if (!allowed && !OPEN.has(home)) return [problem(facts.path, 1, unknownHome(home))];
    return facts.imports.flatMap((one) => {
      const message = forbidden(one, facts.path, home, allowed);
      return message === null ? [] : [problem(facts.path, one.line, message)];
    });
  });
}

const unknownHome = (home: string): string =>
  `${home} is not in the import table: add what it may import to IMPORTS in tools/tidy/imports.ts, as in the design.`;

function forbidden(one: Import, path: string, home: string, allowed: Allowed | undefined): string | null {
  const { specifier } = one;
  if (specifier.startsWith('.')) return leaves(specifier, path, home);
  if (isAbsolute(specifier))
    return `imports ${specifier}, which exists on one machine only. Import it by name, or from here.`;
  if (!allowed) return null;
  if (!specifier.startsWith('@reeve/')) return allowed.alone && !isTest(path) ? library(specifier, home) : null;
  if (packageOf(specifier) === `@reeve/${home.split('/')[1]}` || mayImport(one, path, allowed)) return null;
  const few =
    [...allowed.values, ...(allowed.types ?? []).map((name) => `type ${name}`)].join(', ') || 'no other package';
  return `imports ${specifier}, but ${home} may import only: ${few}. Move the code, or pass in what it needs.`;
}

const library = (specifier: string, home: string): string =>
  `imports ${specifier}, but files of ${home} may import only @reeve/workers, @reeve/sdk and each other. Use the desk instead.`;

function mayImport(
  { specifier, typeOnly }: Import,
  path: string,
  { values, types = [], tests = [] }: Allowed,
): boolean {
  if (values.includes(specifier)) return true;
  if (typeOnly && types.includes(specifier)) return true;
  return isTest(path) && (tests.includes(specifier) || types.includes(specifier));
}

function leaves(specifier: string, path: string, home: string): string | null {
  const target = posix.join(posix.dirname(path), specifier);
  if (home === '' || home === 'bin' || target.startsWith(`${home}/`)) return null;
  return `imports ${specifier}, which leaves ${home}. Import the package by name (@reeve/…), through its exports.`;
}

/** `@a/b/c` → `@a/b`, `a/b` → `a`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isAbsolute = (specifier: string): boolean => /^(\/|file:|[A-Za-z]:)/.test(specifier);

const isBuiltin = (specifier: string): boolean =>
  specifier.startsWith('node:') || builtinModules.includes(packageOf(specifier));

/** Dependencies that are imported and not listed, listed and not imported, or not pinned to one version. */
export function manifestProblems(manifests: readonly Manifest[], all: readonly Facts[]): Problem[] {
  const root = manifests.find(({ folder }) => folder === '');
  return manifests.flatMap((manifest) => {
    const own = all.filter(({ path }) => ownerOf(path, manifests) === manifest);
    // What a peer is measured with may be a program, which nothing imports.
    const unused = manifest === root || isPeer(manifest.folder) ? [] : unusedProblems(manifest, own);
    return [...missingProblems(manifest, root, own), ...unused, ...versionProblems(manifest)];
  });
}

/** Peers of `npm run bench:peers`, and examples that install their own libraries: manifests of their own, and no workspaces. */
const isPeer = (path: string): boolean => /^(bench\/peers|examples)\//.test(path);

function ownerOf(path: string, manifests: readonly Manifest[]): Manifest | undefined {
  const home = isPeer(path) ? posix.dirname(path) : homeOf(path);
  return manifests.find(({ folder }) => folder === home) ?? manifests.find(({ folder }) => folder === '');
}

function missingProblems(manifest: Manifest, root: Manifest | undefined, own: readonly Facts[]): Problem[] {
  const known = new Set([manifest.name, ...Object.keys(manifest.dependencies)]);
  const inTests = new Set([...known, ...Object.keys({ ...manifest.devDependencies, ...root?.devDependencies })]);
  return own.flatMap(({ path, imports }) => {
    const listed = isTest(path) || manifest === root ? inTests : known;
    return imports.flatMap(({ specifier, line }) => {
      const name = packageOf(specifier);
      // The root links every workspace, so Reeve's own packages need no entry there.
      const linked = manifest === root && name.startsWith('@reeve/');
      if (/^\./.test(specifier) || isAbsolute(specifier) || isBuiltin(specifier) || listed.has(name) || linked)
        return [];
      const where = `${manifest.folder === '' ? '' : `${manifest.folder}/`}package.json`;
      return [
        problem(path, line, `imports ${name}, which ${where} does not list. Add it there with an exact version.`),
      ];
    });
  });
}

function unusedProblems(manifest: Manifest, own: readonly Facts[]): Problem[] {
  const names = (facts: readonly Facts[]) =>
    new Set(facts.flatMap(({ imports }) => imports.map(({ specifier }) => packageOf(specifier))));
  const bySource = names(own.filter(({ path }) => !isTest(path)));
  const byAny = names(own);
  const unused = [
    ...Object.keys(manifest.dependencies).filter((name) => !bySource.has(name)),
    ...Object.keys(manifest.devDependencies).filter((name) => !byAny.has(name) && !name.startsWith('@types/')),
  ];
  return unused.map((name) => {
    const what = byAny.has(name) ? 'only its tests import: move it to devDependencies' : 'nothing imports: remove it';
    return problem(`${manifest.folder}/package.json`, lineOfName(manifest, name), `lists ${name}, which ${what}.`);
  });
}

const lineOfName = ({ text }: Manifest, name: string): number => lineAt(text, Math.max(0, text.indexOf(`"${name}":`)));

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

function versionProblems(manifest: Manifest): Problem[] {
  const file = manifest.folder === '' ? 'package.json' : `${manifest.folder}/package.json`;
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) =>
      problem(file, lineOfName(manifest, name), `${name} is "${version}": give one exact version, such as "1.2.3".`),
    );
}
