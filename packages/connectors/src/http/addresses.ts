/** Which network addresses are the public internet, and which an origin was granted besides [T13]. */
import { BlockList, isIP } from 'node:net';

/** Not the public internet: private, shared, loopback, link-local (with cloud metadata), documentation, multicast … */
const SPECIAL_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** Global unicast is 2000::/3; these parts of it are not, or carry an IPv4 address that is not looked at (6to4, Teredo). */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const GLOBAL_V6 = blockList(['2000::/3']);
const SPECIAL = blockList([...SPECIAL_V4, ...SPECIAL_V6]);

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** `1.2.3.4`, `10.0.0.0/8`, `::1` or `fd00::/8`. */
export function isRange(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes('%')) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', length] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return list;
}

/** An IPv4 address in IPv6 clothes (::ffff:127.0.0.1) is that IPv4 address. */
function plain({ address, family }: Address): Address {
  if (family === 4) return { address, family };
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return { address: canonical, family };
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return { address: [a >> 8, a & 255, b >> 8, b & 255].join('.'), family: 4 };
}

/** May an origin be reached at `address`? Public addresses always, others only when one of `granted` covers them. */
export function isAllowed(address: Address, granted: readonly string[]): boolean {
  const { address: text, family } = plain(address);
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (blockList(granted).check(text, type)) return true;
  if (SPECIAL.check(text, type)) return false;
  return family === 4 || GLOBAL_V6.check(text, type);
}
