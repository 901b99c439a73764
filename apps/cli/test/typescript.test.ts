import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from './support/cli.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A checkout with nothing but `bin/`, and one file that is run. */
function checkout(source: string) {
  const root = temporary();
  cpSync(join(ROOT, 'bin'), join(root, 'bin'), { recursive: true });
  for (const folder of ['apps', 'node_modules', 'home']) mkdirSync(join(root, folder));
  for (const name of ['esbuild', 'tsx'])
    symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  const file = join(root, 'apps', 'one.ts');
  writeFileSync(file, source);
  const run = () => {
    const argv = ['--import', join(root, 'bin/typescript.js'), file];
    const env = { ...process.env, HOME: join(root, 'home') };
    const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env });
    return { stdout, stderr };
  };
  const kept = (folder: string) => readdirSync(join(root, folder, '.cache/reeve-typescript'));
  return { root, file, run, kept };
}

describe('[CLI250] TypeScript that is run from source', () => {
  it('is compiled once, and again when it was changed', () => {
    const { file, run, kept } = checkout('const text: string = "one";\nconsole.log(text);\n');
    expect(run()).toEqual({ stdout: 'one\n', stderr: '' });
    const names = kept('node_modules').sort();
    expect(names.map((name) => name.split('.')[1])).toEqual(['js', 'map']);
    const made = join(file, '../../node_modules/.cache/reeve-typescript', names[0]!);
    // What was kept is what is run: here it is told apart from what would be compiled.
    const [head] = readFileSync(made, 'utf8').split('\n');
    writeFileSync(made, `${head}\nconsole.log('kept');\n`);
    expect(run().stdout).toBe('kept\n');
    writeFileSync(file, 'const text: string = "two";\nconsole.log(text);\n');
    expect(run()).toEqual({ stdout: 'two\n', stderr: '' });
    expect(kept('node_modules').sort()).toEqual(names);
  });

  it('names the line that was written when it fails', () => {
    const { file, run } = checkout(
      'interface Gone {\n  it: string;\n}\n\nconst gone: Gone = { it: "x" };\nthrow new Error(gone.it);\n',
    );
    for (const _ of ['compiled', 'kept']) expect(run().stderr).toContain(`${file}:6:`);
  });

  it('is kept at home when the libraries belong to somebody else', () => {
    const { root, run, kept } = checkout('console.log("one" as string);\n');
    writeFileSync(join(root, 'node_modules', '.cache'), 'a file, where no folder can be made');
    expect(run()).toEqual({ stdout: 'one\n', stderr: '' });
    expect(kept('home')).toHaveLength(2);
  });

  it('of others may leave out extensions and use what cannot be erased', () => {
    const folder = temporary();
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'their.ts'), 'import { Colour } from "./colour";\nexport default Colour.red;\n');
    writeFileSync(join(folder, 'colour.ts'), 'export enum Colour { red = "#f00" }\n');
    const { run } = checkout(`console.log((await import(${JSON.stringify(join(folder, 'their.ts'))})).default);\n`);
    expect(run()).toEqual({ stdout: '#f00\n', stderr: '' });
  });
});
