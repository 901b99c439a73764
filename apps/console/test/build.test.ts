import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_FOLDER, ensureConsole, sourceDigest } from '../build/ensure.ts';

const file = (path: string): Buffer => readFileSync(join(CONSOLE_FOLDER, path));
let page = '';

beforeAll(async () => {
  await ensureConsole();
  page = file('index.html').toString();
}, 120_000);

describe('the build', () => {
  it('[WEB60] bears the digest of its sources, and is not made again without need', async () => {
    expect(JSON.parse(file('stamp.json').toString())).toEqual({ source: await sourceDigest() });
    expect(await ensureConsole()).toBe(false);
  });

  it('[WEB61, WEB77] needs less than 250 KB of compressed script before the first page', () => {
    const first = [...page.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path!);
    const bytes = first.reduce((sum, path) => sum + gzipSync(file(path)).length, 0);
    expect(first.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(250 * 1024);
    const heavy = ['chart-view', 'why-graph', 'spending', 'verify', 'terminal'];
    const parts = readdirSync(join(CONSOLE_FOLDER, 'assets')).filter((name) => name.endsWith('.js'));
    const later = parts.filter((name) => heavy.some((part) => name.startsWith(`${part}-`)));
    // A part may come in several files.
    expect(heavy.filter((part) => !later.some((name) => name.startsWith(`${part}-`)))).toEqual([]);
    expect(first.filter((path) => later.some((name) => path.endsWith(name)))).toEqual([]);
  });

  it('[WEB62] has nothing inline and asks nobody else', () => {
    expect(page).not.toMatch(/<style|style="|<script(?![^>]*src=)[^>]*>|\son\w+=/);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    for (const name of readdirSync(join(CONSOLE_FOLDER, 'assets')).filter((each) => each.endsWith('.css')))
      expect(file(`assets/${name}`).toString()).not.toMatch(/url\(["']?(https?:)?\/\/|@import/);
  });
});
