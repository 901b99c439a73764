/** The files of the web console: a folder that a build made, and nothing else. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/**
 * [SRV62] Only files of this server: no inline script or style, no third party, no frame around it, no form that goes anywhere,
 * and no text of anybody can be made markup or code (trusted types without a policy).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const BASE = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** Shown until there is a build. It looks again by itself. */
const BUILDING = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>Reeve</title></head><body><h1>The console is being built</h1>
<p>This takes a few seconds after an installation; the page opens by itself. Reeve is at work meanwhile.</p>
<p>If it stays, the terminal where Reeve was started says why.</p></body></html>`;

/** One segment below the root or below `assets/`, of plain characters: nothing that leads elsewhere. */
const ASSET = /^\/(assets\/)?[A-Za-z0-9_][A-Za-z0-9._-]*\.(js|css|svg|woff2|json|webmanifest)$/;

/**
 * What a browser asks for; null when it is for the API or no page of the console. Never throws for what the path says.
 * @param prefix of all paths, such as `/o/shop`
 */
export async function consoleAnswer(folder: string, request: Request, prefix = ''): Promise<Response | null> {
  const pathname = new URL(request.url).pathname.slice(prefix.length);
  if ((request.method !== 'GET' && request.method !== 'HEAD') || /^\/v\d+(\/|$)/.test(pathname)) return null;
  if (ASSET.test(pathname)) return asset(folder, pathname);
  // A file that is not there must not be answered with a page; everything without an ending is a page of the console.
  return /\.\w+$/.test(pathname) ? null : page(folder, prefix);
}

async function asset(folder: string, pathname: string): Promise<Response | null> {
  const bytes = await readFile(join(folder, pathname)).catch(() => null);
  if (bytes === null) return null;
  const hashed = pathname.startsWith('/assets/');
  const cache = hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
  return new Response(new Uint8Array(bytes), {
    headers: { ...BASE, 'content-type': TYPES[extname(pathname)]!, 'cache-control': cache },
  });
}

/** Its own paths are relative in the build: `./assets/…`. A page deep below needs to know below what. */
async function page(folder: string, prefix: string): Promise<Response> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  return new Response(html?.replaceAll('="./', `="${prefix}/`) ?? BUILDING, {
    status: html === null ? 503 : 200,
    headers: { ...BASE, 'content-type': TYPES['.html']!, 'cache-control': 'no-cache' },
  });
}
