import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BUNDLED } from '../bundled.ts';
import type { Context } from '../context.ts';
import { print, usage } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { blankPack, packId } from '../text/blank-pack.ts';

const TEMPLATES = ['support', 'blank'] as const;

/** `reeve init`: a pack folder to edit. Never touches a folder that holds something. */
export async function init(context: Context, directory: string, options: { template: string }): Promise<void> {
  const template = TEMPLATES.find((one) => one === options.template);
  if (!template)
    throw usage(
      `there is no template "${options.template}"`,
      `the templates are ${TEMPLATES.join(' and ')}`,
      'leave it out for `support`',
    );
  const target = resolve(context.io.cwd, directory);
  await refuseUnlessEmpty(directory, target);
  await mkdir(target, { recursive: true });
  if (template === 'support') await copySupport(target);
  else await writeAll(target, blankPack(packId(basename(target))));
  const files = (await readdir(target, { recursive: true, withFileTypes: true })).filter((each) =>
    each.isFile(),
  ).length;
  print(context, { directory: target, template, files }, initText(directory, template, files));
}

async function refuseUnlessEmpty(shown: string, target: string): Promise<void> {
  const found = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (found.length === 0) return;
  const what = `${shown} is not empty`;
  throw new Failure(
    EXIT.refused,
    what,
    `it holds ${found.length} entries, such as ${found[0]}`,
    'name a new folder: reeve init my-organisation',
  );
}

/** The tests of the bundled pack read Reeve's own sources, so they stay behind. */
async function copySupport(target: string): Promise<void> {
  const source = join(BUNDLED, 'support');
  await cp(source, target, { recursive: true, filter: (path) => relative(source, path).split('/')[0] !== 'test' });
}

async function writeAll(target: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(target, name)), { recursive: true });
    await writeFile(join(target, name), content);
  }
}

const READ_FIRST = { support: 'README.md', blank: 'README.md' } as const;

const initText = (directory: string, template: keyof typeof READ_FIRST, files: number): string =>
  [
    `${files} files in ${directory}, from the template "${template}"`,
    `  read    ${join(directory, READ_FIRST[template])}`,
    `  edit    ${join(directory, 'organisation/seats.yaml')}`,
    `  check   reeve plan ${directory}`,
    `  apply   reeve apply ${directory}`,
    '  start   reeve up\n',
  ].join('\n');
