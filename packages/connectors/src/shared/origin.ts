/** One address of the web that a pack names, and requests to it, under the rules of `http` [T13]. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { isRange } from '../http/addresses.ts';
import { checkedAddresses, hop, type Resolve, resolveName } from '../http/request.ts';
import type { Incoming, Outgoing } from '../http/wire.ts';
import { ToolError } from '../port.ts';

/** Like `https://dav.example.com/alice/`. Without TLS only on the loopback interface. */
export const webAddress = z.string().superRefine((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const issue = (message: string) => ctx.addIssue({ code: 'custom', message });
  if (!url || !/^https?:$/.test(url.protocol))
    return issue('expected an address such as https://dav.example.com/alice/');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return issue('expected an address without user, parameters and fragment');
  if (url.href !== text) return issue(`write the address as ${url.href}`);
  if (url.protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    issue('without TLS only 127.0.0.1, [::1] and localhost are spoken to; use https');
});

export const grantedAddresses = z
  .array(z.string().refine(isRange, 'expected an address or a range such as 10.0.0.0/8'))
  .default([]);

export interface WebOptions {
  readonly addresses: readonly string[];
  /** Milliseconds for everything. */
  readonly time: number;
  readonly maxResponse: number;
  readonly signals: readonly AbortSignal[];
  readonly resolve?: Resolve;
}

/** Send one request; redirects are not followed. @throws ToolError certain unless it changes something and was sent. */
export async function request(outgoing: Outgoing, options: WebOptions): Promise<Incoming> {
  const { addresses, time, maxResponse, signals, resolve = resolveName } = options;
  const host = outgoing.url.hostname.replace(/^\[|\]$/g, '');
  // An address that the pack writes out is granted by being written; so is the loopback interface by its name.
  const own = isIP(host) !== 0 ? [host] : host === 'localhost' ? ['127.0.0.0/8', '::1'] : [];
  const origin = { origin: outgoing.url.origin, paths: ['/'], addresses: [...addresses, ...own], headers: {} };
  const found = await checkedAddresses(outgoing.url, origin, resolve);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`it took longer than ${time} ms`)), time);
  const signal = AbortSignal.any([...signals, limit.signal]);
  if (signal.aborted)
    throw new ToolError('transient', 'it was cancelled before anything was sent; nothing was changed');
  try {
    return await hop(outgoing, { addresses: found, headers: outgoing.headers, maxResponse, signal });
  } finally {
    clearTimeout(timer);
  }
}
