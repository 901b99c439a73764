#!/usr/bin/env node
// `npm test`: installs what is missing, then lint, types and all tests. The last line is `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
const bin = (name) => join(root, 'node_modules', '.bin', name);

if (!existsSync(bin('vitest'))) {
  const status = run('npm', ['ci', '--no-audit', '--no-fund']);
  if (status !== 0) process.exit(status);
}

// Hundreds of tests start processes: what these run is there before them.
await (await import('./bundle.js')).bundled(root);

const checks = [
  ['lint', bin('biome'), ['check', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['console', process.execPath, ['--import', './bin/typescript.js', 'apps/console/build/main.ts']],
  ['kernel purity', bin('tsc'), ['--noEmit', '-p', 'packages/kernel/tsconfig.json']],
];

/** What a command wrote and how it ended. */
const checked = ([name, command, args]) =>
  new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('error', (error) => (said += `${error.message}\n`));
    child.on('close', (status) => done({ name, said, ok: status === 0 }));
  });

// At once: none of them keeps two cores busy. What they say comes in their order all the same.
let broken = 0;
for (const { name, said, ok } of await Promise.all(checks.map(checked))) {
  process.stdout.write(said);
  if (!ok) broken += 1;
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
}

const folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));

/** One run of vitest: how many passed, and each failure as file and name. A file that could not be loaded is a failure too. */
function tests(args) {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const status = run(bin('vitest'), [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  if (!existsSync(report))
    return { passed: 0, failures: [{ file: '', name: `vitest ended with ${status}` }], files: [] };
  const { numPassedTests: passed, testResults: files } = JSON.parse(readFileSync(report, 'utf8'));
  const failures = files.flatMap(({ name: file, status: state, assertionResults: all }) => {
    const wrong = all.filter((one) => one.status === 'failed').map((one) => ({ file, name: one.fullName }));
    return state === 'failed' && wrong.length === 0 ? [{ file, name: 'the file could not be run' }] : wrong;
  });
  if (status !== 0 && failures.length === 0) failures.push({ file: '', name: `vitest ended with ${status}` });
  return { passed, failures, files };
}

const took = ({ startTime, endTime }) => endTime - startTime;
const first = tests(process.argv.slice(2));
for (const { name, startTime, endTime } of first.files.toSorted((a, b) => took(b) - took(a)).slice(0, 8))
  console.log(`${((endTime - startTime) / 1000).toFixed(1).padStart(6)} s  ${relative(root, name)}`);

// Tests of real processes share two cores with one another. What failed among others is run once more alone: if it passes
// then, it is named as unstable, which is a defect of its own, but not a reason to call the product broken.
let { passed, failures } = first;
const again = [...new Set(failures.map(({ file }) => file))];
if (again.length > 0 && again.length <= 3 && !again.includes('')) {
  for (const { file, name } of failures)
    console.log(`failed, and is run again alone: ${relative(root, file)}: ${name}`);
  const second = tests(['--maxWorkers=1', ...again.map((file) => relative(root, file))]);
  const still = new Set(second.failures.map(({ file, name }) => `${file}\n${name}`));
  const unstable = failures.filter(({ file, name }) => !still.has(`${file}\n${name}`));
  for (const { file, name } of unstable) console.log(`UNSTABLE: ${relative(root, file)}: ${name}`);
  passed += unstable.length;
  failures = second.failures;
}
rmSync(folder, { recursive: true, force: true });
const failed = broken + failures.length;
console.log(`${passed + checks.length - broken} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
