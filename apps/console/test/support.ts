/** The real server with the support pack, and a browser on it. Absent Chromium skips these tests, and says so. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@reeve/protocol';
import { type RunningServer, startServer } from '@reeve/server';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { CONSOLE_FOLDER, ensureConsole } from '../build/ensure.ts';

const ROOT = join(import.meta.dirname, '../../..');
export const SUPPORT = join(ROOT, 'packs/support');
/** Where pictures go when `REEVE_PICTURES` asks for them; not kept in the repository. To paint them takes longer than most tests. */
const PICTURES = join(import.meta.dirname, '../artifacts');

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
if (!CHROMIUM)
  console.log(
    'skipped: tests of the console in a browser, because there is no /usr/bin/chromium (apt-get install chromium)',
  );

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

export interface Ticket {
  readonly externalId: string;
  readonly subject: string;
  readonly text: string;
  readonly customer: string;
  readonly name: string;
  readonly channel: 'email';
}

export const tickets = (count: number): Ticket[] =>
  readFileSync(join(SUPPORT, 'tickets/tickets.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .slice(0, count)
    .map((line) => JSON.parse(line) as Ticket);

export interface Place {
  readonly data: string;
  readonly server: () => RunningServer;
  readonly client: Client;
  /** A link that signs in once. */
  link(path?: string): Promise<string>;
  /** Stops the server and starts it again on the same data and port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Runs until nobody has anything to do. */
export async function settled(client: Client): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const { queued, executing, waitingJobs, activeRuns } = (await client.status({ seats: 'none' })).runtime;
    quiet = queued + executing + waitingJobs + activeRuns > 0 ? 0 : quiet + 1;
    await new Promise((done) => setTimeout(done, 60));
  }
}

/**
 * @param count tickets of the support pack that are worked through before anything is looked at
 * @param pack another pack
 */
export async function place(count: number, pack = SUPPORT): Promise<Place> {
  await ensureConsole();
  const data = mkdtempSync(join(tmpdir(), 'reeve-console-'));
  let server = await startServer({ data: join(data, 'data'), port: 0, console: CONSOLE_FOLDER });
  const { url } = server;
  const client = createClient({ url, token: server.house.token });
  const plan = await client.plan({ directory: pack });
  await client.apply({ directory: pack, base: '', digest: plan.pack!.digest, reason: 'test' });
  await Promise.all(tickets(count).map((ticket) => client.openCase(ticket)));
  await settled(client);
  return {
    data,
    server: () => server,
    client,
    link: async (path = '/') => `${url}${path}#signin=${(await server.house.sessions.code()).code}`,
    restart: async () => {
      await server.close();
      server = await startServer({
        data: join(data, 'data'),
        port: Number(new URL(url).port),
        console: CONSOLE_FOLDER,
      });
    },
    close: async () => {
      await server.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM!, args: FLAGS });

/** Everything a page complained about: errors, refused resources, breaches of its policy. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => message.type() === 'error' && heard.push(message.text()));
  page.on('pageerror', (error) => heard.push(String(error)));
  return heard;
}

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly heard: string[];
  /** Requests that went anywhere but to the server. */
  readonly strangers: string[];
}

/** A person who has signed in with the link of the terminal. */
export async function visitor(
  browser: Browser,
  where: Place,
  options: { phone?: boolean; dark?: boolean; path?: string } = {},
): Promise<Visitor> {
  const { phone = false, dark = false, path = '/' } = options;
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1360, height: 850 },
    deviceScaleFactor: 1,
    hasTouch: phone,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const heard = complaints(page);
  const strangers: string[] = [];
  const { origin } = new URL(where.server().url);
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(blob|data):/.test(request.url())) strangers.push(request.url());
  });
  await page.goto(await where.link(path));
  await page.waitForSelector('main h1');
  return { context, page, heard, strangers };
}

/** Goes to a page within the console, as a link would, and waits until it has its title. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.waitForFunction((to) => location.pathname === to.split('?')[0], path);
  await page.waitForSelector('main h1, main h2, main p', { state: 'attached' });
  await page.waitForFunction(() => !document.querySelector('main [role=status] .sr-only'));
}

/** A picture for people to look at; no test does. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (!process.env.REEVE_PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
