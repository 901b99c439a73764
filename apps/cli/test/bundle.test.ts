import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporary } from './support/cli.ts';

const ROOT = join(import.meta.dirname, '../../..');

const THREAD = 'apps/server/src/data/replica/thread.ts';
/** The first is exported, the others are what `bin/bundle-make.js` names. */
const PROGRAMS = [
  'apps/cli/src/main.ts',
  'apps/cli/src/start/main.ts',
  'apps/cli/src/tau/crash-child.ts',
  'apps/cli/src/tau/main.ts',
  'apps/server/src/backup/job-main.ts',
  'packages/simulator/src/main.ts',
  THREAD,
];
const WORD = "import { Word } from '@reeve/words';\n";

const manifest = (name: string, entry: string) =>
  JSON.stringify({ name: `@reeve/${name}`, type: 'module', exports: { '.': `./src/${entry}.ts` } });

/** A small checkout: `bin/` as it is, a package with a class, and programs of which `main` is the one that is run. */
function checkout(main: string) {
  const root = temporary();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  cpSync(join(ROOT, 'bin'), join(root, 'bin'), { recursive: true });
  for (const path of PROGRAMS) write(path, path === PROGRAMS[0] ? main : 'console.log(import.meta.url);\n');
  write('package.json', '{"type":"module"}');
  write('apps/cli/package.json', manifest('cli', 'main'));
  write('apps/server/package.json', '{"name":"@reeve/server","type":"module"}');
  write('packages/simulator/package.json', '{"name":"@reeve/simulator","type":"module"}');
  write('packages/words/package.json', manifest('words', 'index'));
  write('packages/words/src/index.ts', 'export class Word {\n  readonly text: string = "one";\n}\n');
  write('packages/importing/package.json', manifest('importing', 'importing'));
  write(
    'packages/importing/src/importing.ts',
    readFileSync(join(ROOT, 'packages/connectors/src/importing.ts'), 'utf8'),
  );
  mkdirSync(join(root, 'node_modules/@reeve'), { recursive: true });
  mkdirSync(join(root, 'home'));
  for (const name of ['esbuild', 'tsx'])
    symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  for (const name of ['words', 'importing'])
    symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@reeve', name));
  const argv = [join(root, 'bin/run.js'), join(root, PROGRAMS[0]!)];
  const env = { ...process.env, HOME: join(root, 'home') };
  const run = () => {
    const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env });
    return { stdout, stderr };
  };
  const begin = () =>
    new Promise<string>((resolve) => {
      let text = '';
      const child = spawn(process.execPath, argv, { env });
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
      child.on('close', () => resolve(text));
    });
  return { root, write, run, begin, cache: join(root, 'node_modules/.cache/reeve-bundle') };
}

const bundlesIn = (cache: string): string[] => readdirSync(cache).filter((name) => name !== 'current.json');

/** The file of a bundle that holds a text. */
function holding(cache: string, text: string): string {
  const [folder] = bundlesIn(cache);
  const files = readdirSync(join(cache, folder!), { recursive: true, encoding: 'utf8' });
  const found = files.find(
    (name) => name.endsWith('.js') && readFileSync(join(cache, folder!, name), 'utf8').includes(text),
  );
  return join(cache, folder!, found!);
}

/** Nothing was loaded from source: that leaves what it compiled. */
function onlyBundle(root: string): boolean {
  const compiled = join(root, 'node_modules/.cache/reeve-typescript');
  return !existsSync(compiled) || readdirSync(compiled).length === 0;
}

describe('[CLI251] the bundle', () => {
  it('is what runs, and a source that was changed is seen at the next start', () => {
    const { root, run, write, cache } = checkout(`${WORD}console.log(new Word().text as string);\n`);
    for (const _ of ['made', 'kept']) expect(run()).toEqual({ stdout: 'one\n', stderr: '' });
    expect(onlyBundle(root)).toBe(true);
    expect(bundlesIn(cache)).toHaveLength(1);
    const file = holding(cache, '"one"');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"one"', '"tap"'));
    expect(run()).toEqual({ stdout: 'tap\n', stderr: '' });
    write('packages/words/src/index.ts', 'export class Word {\n  readonly text: string = "two";\n}\n');
    expect(run()).toEqual({ stdout: 'two\n', stderr: '' });
    // What was started before may still load a part of the older one.
    expect(bundlesIn(cache)).toHaveLength(2);
  });

  it('stays when a source was only touched, and is made again when it is not whole', () => {
    const { run, write, cache } = checkout(`${WORD}console.log(new Word().text);\n`);
    run();
    const file = holding(cache, '"one"');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"one"', '"tap"'));
    write('packages/words/src/index.ts', 'export class Word {\n  readonly text: string = "one";\n}\n');
    expect(run()).toEqual({ stdout: 'tap\n', stderr: '' });
    writeFileSync(file, '');
    expect(run()).toEqual({ stdout: 'one\n', stderr: '' });
    expect(bundlesIn(cache)).toHaveLength(1);
  });

  it('is made again when a source has gone', () => {
    const { root, run, write, cache } = checkout("import { part } from './part.ts';\nconsole.log(part);\n");
    write('apps/cli/src/part.ts', "export const part: string = 'part';\n");
    expect(run()).toEqual({ stdout: 'part\n', stderr: '' });
    rmSync(join(root, 'apps/cli/src/part.ts'));
    write(PROGRAMS[0]!, "console.log('whole' as string);\n");
    for (const _ of ['made', 'kept']) expect(run()).toEqual({ stdout: 'whole\n', stderr: '' });
    expect(onlyBundle(root)).toBe(true);
    expect(bundlesIn(cache)).toHaveLength(2);
  });

  it('is one, however many make it at once', async () => {
    const { root, begin, cache } = checkout(`${WORD}console.log(new Word().text);\n`);
    expect(await Promise.all([begin(), begin(), begin()])).toEqual(['one\n', 'one\n', 'one\n']);
    expect(bundlesIn(cache)).toHaveLength(1);
    expect(onlyBundle(root)).toBe(true);
  });

  it('names the file and the line that was written when it fails', () => {
    const { root, run } = checkout(
      `${WORD}\ninterface Gone {\n  it: string;\n}\n\nthrow new Error(new Word().text);\n`,
    );
    for (const _ of ['made', 'kept']) expect(run().stderr).toContain(`${join(root, PROGRAMS[0]!)}:7:`);
    expect(onlyBundle(root)).toBe(true);
  });

  it('gives a script of a pack the modules that are running, whichever way it is written', () => {
    const main = `${WORD}import { importFile } from '@reeve/importing';
const { default: made } = await importFile(process.env.HOME + '/pack/script.ts');
console.log((made as Word[]).map((one) => one instanceof Word && one.text).join());\n`;
    const { root, run, write } = checkout(main);
    // Their own files may leave out extensions and use what cannot be erased.
    write(
      'home/pack/script.ts',
      `${WORD}import { more, Kind } from './more';\nexport default [new Word(), more, Kind.a && more];\n`,
    );
    write('home/pack/more.ts', `${WORD}export const more = new Word();\nexport enum Kind { a = 'a' }\n`);
    mkdirSync(join(root, 'home/pack/node_modules/@reeve'), { recursive: true });
    symlinkSync(join(root, 'packages/words'), join(root, 'home/pack/node_modules/@reeve/words'));
    for (const _ of ['made', 'kept']) expect(run()).toEqual({ stdout: 'one,one,one\n', stderr: '' });
    expect(onlyBundle(root)).toBe(true);
  });

  it('knows where its modules lie, and runs threads that do', () => {
    const main = `import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
const RUN = new URL('../../../bin/run.js', import.meta.url);
const thread = fileURLToPath(new URL('../../../${THREAD}', import.meta.url));
console.log(import.meta.dirname, import.meta.filename);
new Worker(RUN, { argv: [thread], execArgv: [] });\n`;
    const { root, run } = checkout(main);
    const at = join(root, PROGRAMS[0]!);
    const said = `${dirname(at)} ${at}\nfile://${join(root, THREAD)}\n`;
    expect(run()).toEqual({ stdout: said, stderr: '' });
    expect(onlyBundle(root)).toBe(true);
  });

  it('is done without where it cannot be kept, without a word', () => {
    const { root, run, cache } = checkout(`${WORD}console.log(new Word().text);\n`);
    mkdirSync(dirname(cache));
    writeFileSync(cache, 'a file, where no folder can be made');
    expect(run()).toEqual({ stdout: 'one\n', stderr: '' });
    expect(onlyBundle(root)).toBe(false);
  });

  it('leaves nothing behind on a full disk', (context) => {
    const { run, cache } = checkout(`${WORD}console.log(new Word().text);\n`);
    const kept = dirname(cache);
    mkdirSync(kept);
    const small = ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', kept];
    if (spawnSync('mount', small).status !== 0) context.skip('this user may not mount a small disk');
    onTestFinished(() => void spawnSync('umount', ['-l', kept]));
    mkdirSync(join(kept, 'reeve-typescript'));
    writeFileSync(join(kept, 'full'), 'x'.repeat(4096));
    expect(run()).toEqual({ stdout: 'one\n', stderr: '' });
    const left = readdirSync(kept, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /draft|\.js\.|\.map\./.test(name))).toEqual([]);
  });

  it('is not made of sources that cannot be compiled; these say what is wrong', () => {
    const { root, run, write, cache } = checkout(`${WORD}console.log(new Word().text);\n`);
    run();
    write('packages/words/src/index.ts', 'export class Word {\n  text: = 1;\n}\n');
    expect(run().stderr).toContain(`${join(root, 'packages/words/src/index.ts')}:2:`);
    expect(bundlesIn(cache)).toHaveLength(1);
  });
});
