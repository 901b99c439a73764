/**
 * The house rules that a machine can check. Each test is one rule; it fails with `file:line`, what is wrong and what to do.
 * `tidy.selftest.test.ts` shows that each rule catches what it is for.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cycleProblems } from './tidy/cycles.ts';
import { deadProblems, entryProblems } from './tidy/dead.ts';
import { commandProblems, linkProblems } from './tidy/docs.ts';
import { exportProblems } from './tidy/exports.ts';
import { factsOf } from './tidy/facts.ts';
import { codeProblems, secretProblems } from './tidy/hygiene.ts';
import { importProblems, manifestProblems } from './tidy/imports.ts';
import { describeProblems, type Problem } from './tidy/problem.ts';
import { purityProblems } from './tidy/purity.ts';
import { isSource, manifestsOf, readRepo } from './tidy/repo.ts';
import { tableProblems } from './tidy/requirements.ts';
import { requirementProblems, ruleProblems } from './tidy/rules.ts';
import { type Ratchet, sizeProblems } from './tidy/sizes.ts';
import { threatProblems } from './tidy/threats.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const repo = readRepo(root);
const manifests = manifestsOf(repo);
const facts = factsOf(repo.files.filter(({ path }) => isSource(path)));
/** The tests of the checks cite rules that do not exist, on purpose. */
const citing = facts.filter(({ path }) => path !== 'tools/tidy.selftest.test.ts');
const ratchet = JSON.parse(readFileSync(join(root, 'tools/ratchet.json'), 'utf8')) as Ratchet;

/** Threats of the threat model that have a number. */
const THREATS = 23;

const none = (problems: readonly Problem[]): void => expect(describeProblems(problems)).toBe('');

describe('the repository is tidy', () => {
  it('packages import only what the architecture lets them (R-D1, R-E79)', () => none(importProblems(facts)));
  it('no files of a package import each other in a ring', () => none(cycleProblems(facts)));
  it('manifests list exactly what is imported, in exact versions', () => none(manifestProblems(manifests, facts)));
  it('entry points in manifests exist', () => none(entryProblems(repo, manifests)));
  it('the kernel is pure (R-D1)', () => none(purityProblems(facts)));
  it('files and functions are small, and large ones do not grow', () => none(sizeProblems(facts, ratchet)));
  it('every rule is stated once and tested, and every cited rule exists', () => none(ruleProblems(repo, citing)));
  it('code has no any, no evaluated text, no open promises, no odd names', () => none(codeProblems(repo, facts)));
  it('no file holds what looks like a secret', () => none(secretProblems(repo)));
  it('the lock file is complete', () => {
    const check = spawnSync(process.execPath, ['tools/complete-lock.js', '--check'], { cwd: root, encoding: 'utf8' });
    expect(check.stderr).toBe('');
    expect(check.status).toBe(0);
  });
  it('no export is for nobody', () => none(exportProblems(repo)));
  it('no file is dead', () => none(deadProblems(repo, manifests, facts)));
  it('links in documents lead somewhere', () => none(linkProblems(repo)));
  it('every threat has a test that is there and names it', () => {
    const shown = { ...repo, files: repo.files.filter(({ path }) => path !== 'tools/tidy.selftest.test.ts') };
    none(threatProblems(shown, THREATS));
  });
  it('every requirement has a row, and its tests name it', () => {
    const shown = { ...repo, files: repo.files.filter(({ path }) => path !== 'tools/tidy.selftest.test.ts') };
    none(tableProblems(shown));
  });
  it('commands in README and CONTRIBUTING exist', () => none(commandProblems(repo, manifests, facts)));
});

/** The requirements are kept beside the repository and are not part of it. */
const shared = join(root, '../shared');
const requirements = join(shared, 'requirements');
const threats = join(shared, 'design/06-threats.md');

describe.skipIf(!existsSync(requirements) || !existsSync(threats))('with the requirements at hand', () => {
  it('every cited requirement and threat exists', () => {
    const files = [...readdirSync(requirements).map((name) => join(requirements, name)), threats];
    const documents = files.map((file) => readFileSync(file, 'utf8'));
    none(requirementProblems(repo, citing, documents));
  });

  it('there are as many threats as the table has to have', () => {
    const numbered = readFileSync(threats, 'utf8').match(/^- \*\*T\d+\*\*/gm) ?? [];
    expect(numbered).toHaveLength(THREATS);
  });
});
