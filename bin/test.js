#!/usr/bin/env node
// `npm test`: installs what is missing, then lint, types and all tests. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
const bin = (name) => join(root, 'node_modules', '.bin', name);

if (!existsSync(bin('vitest'))) {
  const status = run('npm', ['ci', '--no-audit', '--no-fund']);
  if (status !== 0) process.exit(status);
}

const checks = [
  ['lint', bin('biome'), ['check', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['console', process.execPath, ['--import', 'tsx', 'apps/console/build/main.ts']],
  ['kernel purity', bin('tsc'), ['--noEmit', '-p', 'packages/kernel/tsconfig.json']],
];
let failed = 0;
for (const [name, command, args] of checks) {
  const status = run(command, args);
  if (status !== 0) failed += 1;
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}`);
}

const folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
const report = join(folder, 'report.json');
const filters = process.argv.slice(2);
const status = run(bin('vitest'), [
  'run',
  '--reporter=dot',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...filters,
]);
let passed = 0;
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed = result.numPassedTests;
  failed += result.numFailedTests;
}
rmSync(folder, { recursive: true, force: true });
if (status !== 0 && failed === 0) failed = 1;
console.log(`${passed + checks.length - Math.min(failed, checks.length)} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
