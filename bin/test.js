#!/usr/bin/env node
// `npm test`: installs what is missing, then lint, types and all tests, beside one another. The last line is `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, setPriority, tmpdir } from 'node:os';
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

const consoleBuild = ['console', process.execPath, ['--import', './bin/typescript.js', 'apps/console/build/main.ts']];
const checks = [
  // One checker: several do much of the work each for itself.
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json', '--checkers', '1']],
  ['lint', bin('biome'), ['check', '.']],
  ['kernel purity', bin('tsc'), ['--noEmit', '-p', 'packages/kernel/tsconfig.json']],
];

/** Seconds that each phase took, in their order. */
const phases = [];
async function phase(name, work) {
  const began = performance.now();
  const result = await work;
  phases.push([name, (performance.now() - began) / 1000]);
  return result;
}

/** Runs a command a little behind what else there is to do, and prints at its end what it said. @returns whether it went well */
const checked = ([name, command, args]) =>
  new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) lower(child.pid);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('error', (error) => (said += `${error.message}\n`));
    child.on('close', (status) => {
      console.log(`\n${said}${status === 0 ? 'ok' : 'FAILED'}: ${name}`);
      done(status === 0);
    });
  });

function lower(pid) {
  try {
    setPriority(pid, 5);
  } catch {
    // It has ended already.
  }
}

const folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));

/** One run of vitest: how many passed, and each failure as file and name. A file that could not be loaded is a failure too. */
async function tests(args) {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(bin('vitest'), ['run', ...reporters, ...args], { cwd: root, stdio: 'inherit' });
  const status = await new Promise((done) => {
    child.on('error', () => done(1));
    child.on('close', done);
  });
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
const inSeconds = (seconds, what) => console.log(`${seconds.toFixed(1).padStart(7)} s  ${what}`);

// The console first: the tests of it would each wait for it. Types and lint need one core and a half: beside the tests, they take
// what the tests, which often wait for processes, leave.
const began = performance.now();
const built = await phase('console', checked(consoleBuild));
const [first, ...sound] = await Promise.all([
  phase('tests', tests(process.argv.slice(2))),
  ...checks.map((check) => phase(check[0], checked(check))),
]);
const broken = [built, ...sound].filter((ok) => !ok).length;

// Tests of real processes share two cores with one another. What failed among others is run once more alone: if it passes
// then, it is named as unstable, which is a defect of its own, but not a reason to call the product broken.
let { passed, failures } = first;
const again = [...new Set(failures.map(({ file }) => file))];
if (again.length > 0 && again.length <= 3 && !again.includes('')) {
  for (const { file, name } of failures)
    console.log(`failed, and is run again alone: ${relative(root, file)}: ${name}`);
  const second = await phase(
    'tests run again',
    tests(['--maxWorkers=1', ...again.map((file) => relative(root, file))]),
  );
  const still = new Set(second.failures.map(({ file, name }) => `${file}\n${name}`));
  const unstable = failures.filter(({ file, name }) => !still.has(`${file}\n${name}`));
  for (const { file, name } of unstable) console.log(`UNSTABLE: ${relative(root, file)}: ${name}`);
  passed += unstable.length;
  failures = second.failures;
}
rmSync(folder, { recursive: true, force: true });

console.log('\nthe slowest files, beside others:');
for (const file of first.files.toSorted((a, b) => took(b) - took(a)).slice(0, 15))
  inSeconds(took(file) / 1000, relative(root, file.name));
console.log('phases:');
for (const [name, seconds] of phases) inSeconds(seconds, name);
inSeconds((performance.now() - began) / 1000, `all, on ${availableParallelism()} cores${processorTime()}`);

/** How busy the cores were with it, where /proc tells: of processes that have ended, and were not left alone. */
function processorTime() {
  try {
    const [user, system] = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(13, 15);
    return `; ${((Number(user) + Number(system)) / 100).toFixed(0)} s of processor time`;
  } catch {
    return '';
  }
}

const failed = broken + failures.length;
console.log(`${passed + checks.length + 1 - broken} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
