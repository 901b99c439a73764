/** Servers that are named in a pack by host and port: found, checked and spoken to under TLS [T13]. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isAllowed, isRange } from '../http/addresses.ts';
import { type Resolve, resolveName } from '../http/request.ts';
import { ToolError } from '../port.ts';
import { realPathInside } from './folder.ts';
import { relativePath } from './paths.ts';

const HOST = /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\.?$/i;
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** How a connection is protected: TLS from the first byte, TLS before anything is said, or not at all (loopback only). */
export type Protection = 'implicit' | 'starttls' | 'none';

/**
 * Where a server is. A host written as an address may be reached because the pack says so; a name must lead to public
 * addresses, or to those in `addresses`.
 * @param port the one of the protocol under TLS
 */
export const endpoint = <P extends readonly [Protection, ...Protection[]]>(port: number, protections: P) =>
  z
    .strictObject({
      host: z
        .string()
        .refine((host) => isIP(host) !== 0 || HOST.test(host), 'expected a host such as mail.example.com'),
      port: z.number().int().min(1).max(65_535).default(port),
      tls: z.enum(protections).default(protections[0]),
      /** Addresses or ranges, not public, that the name may lead to. */
      addresses: z.array(z.string().refine(isRange, 'expected an address or a range such as 10.0.0.0/8')).default([]),
      /** PEM file in the pack with the certificates to trust instead of the usual ones. */
      ca: relativePath.optional(),
    })
    .superRefine(({ host, tls }, ctx) => {
      if (tls !== 'none' || isLoopback(host)) return;
      ctx.addIssue({
        code: 'custom',
        path: ['tls'],
        message: 'without TLS only 127.0.0.1, ::1 and localhost are spoken to',
      });
    });

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: Protection;
  readonly addresses: readonly string[];
  readonly ca?: string | undefined;
}

/** An endpoint, found: connect to `address`, expect a certificate for `name`. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly tls: Protection;
  /** Options for `node:tls`; certificates are always verified. */
  readonly secure: {
    readonly rejectUnauthorized: true;
    readonly servername?: string;
    readonly host: string;
    readonly ca?: string;
  };
}

/**
 * The address of `server`, resolved now and pinned. One address that is not allowed condemns the name.
 * @throws ToolError certain: nothing was sent.
 */
export async function targetOf(server: Endpoint, pack: string, resolve: Resolve = resolveName): Promise<Target> {
  const address = isIP(server.host) !== 0 ? server.host : await addressOf(server, resolve);
  const ca = server.ca === undefined ? {} : { ca: readFileSync(realPathInside(pack, server.ca), 'utf8') };
  const named = isIP(server.host) === 0 ? { servername: server.host } : {};
  return {
    address,
    port: server.port,
    tls: server.tls,
    secure: { rejectUnauthorized: true, host: server.host, ...named, ...ca },
  };
}

async function addressOf({ host, addresses }: Endpoint, resolve: Resolve): Promise<string> {
  const granted = host === 'localhost' ? [...addresses, '127.0.0.0/8', '::1'] : addresses;
  const found = await resolve(host).catch((cause: unknown) => {
    throw new ToolError('transient', `${host} cannot be resolved; nothing was sent`, { cause });
  });
  const [first] = found;
  if (first === undefined) throw new ToolError('transient', `${host} has no address; nothing was sent`);
  if (found.every((one) => isAllowed(one, granted))) return first.address;
  throw new ToolError(
    'deterministic',
    `${host} leads to an address that is not public; if that is right, list it in "addresses"; nothing was sent`,
  );
}
