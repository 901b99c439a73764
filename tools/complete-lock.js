#!/usr/bin/env node
/**
 * Adds to `package-lock.json` the optional platform packages it lacks (`@esbuild/win32-x64`, …).
 *
 * npm writes a lock entry only for packages it could look up. Behind a registry mirror that offers some platforms only,
 * `npm install` therefore leaves entries out, and on any other machine `npm ci` refuses the lock: "package.json and
 * package-lock.json are not in sync". The missing entries follow from `optionalDependencies`: name and version are there,
 * and the name says the platform. They get no `integrity`, as nobody could compute it here; npm takes it from the registry
 * on the platforms that install them. An `npm install` against the full registry fills it in.
 *
 *   node tools/complete-lock.js           after every `npm install` behind such a mirror; prints what it added
 *   node tools/complete-lock.js --check   changes nothing; exits with 1 when something is missing (the tidy test does this)
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' ');
const PROCESSORS = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64'.split(' ');

/** Lock entries that `packages` lacks, by path. */
function missingEntries(packages) {
  const present = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)));
  const wanted = Object.values(packages).flatMap((by) =>
    Object.entries(by.optionalDependencies ?? {}).map(([name, range]) => ({ by, name, range })),
  );
  const missing = wanted.filter(({ name }) => !present.has(name));
  return Object.fromEntries(missing.map(({ by, name, range }) => [`node_modules/${name}`, entry(by, name, range)]));
}

function entry(by, name, range) {
  const words = name.split('/').pop().split('-');
  const cpu = PROCESSORS.find((word) => words.includes(word));
  const os = SYSTEMS.find((word) => words.includes(word));
  const libc = os === 'linux' ? libcOf(words) : undefined;
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu && { cpu: [cpu] }),
    ...(by.dev && { dev: true }),
    ...(by.devOptional && { devOptional: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

function libcOf(words) {
  if (words.some((word) => word.startsWith('musl'))) return 'musl';
  return words.includes('gnu') ? 'glibc' : undefined;
}

function main(checkOnly) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock.packages);
  const names = Object.keys(missing);
  if (names.length === 0) return;
  if (checkOnly) {
    console.error(`package-lock.json lacks ${names.join(', ')}: run "node tools/complete-lock.js".`);
    process.exitCode = 1;
    return;
  }
  const entries = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
  console.log(`Added to package-lock.json:\n${names.map((name) => `  ${name}`).join('\n')}`);
}

main(process.argv.includes('--check'));
