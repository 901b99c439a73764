/** Answers of WebDAV servers. */
import { XMLParser } from 'fast-xml-parser';
import { refused } from '../shared/call.ts';
import { strong } from './server.ts';

/** One resource of a multistatus answer; texts that are missing are empty. */
export interface Resource {
  readonly href: string;
  readonly etag: string;
  readonly data: string;
  readonly folder: boolean;
  readonly size: number;
  readonly changed: string;
}

// Entities are not expanded by the parser: those of a hostile server could be made to grow without bounds.
const parser = new XMLParser({
  ...{ ignoreAttributes: true, removeNSPrefix: true, parseTagValue: false, trimValues: false, processEntities: false },
  isArray: (name) => name === 'response' || name === 'propstat',
});
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, (all, dec?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
    const code = dec === undefined ? Number.parseInt(hex ?? '', 16) : Number(dec);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
export const encoded = (text: string): string =>
  text.replace(/[<>&"']/g, (c) => `&${Object.keys(ENTITIES).find((name) => ENTITIES[name] === c)};`);

type Node = Record<string, unknown>;
const child = (node: unknown, name: string): unknown =>
  typeof node === 'object' && node !== null ? (node as Node)[name] : undefined;
const textAt = (node: unknown, name: string): string => {
  const value = child(node, name);
  return typeof value === 'string' ? decoded(value) : typeof value === 'object' ? textAt(value, '#text') : '';
};

/** The resources that were found. @throws ToolError deterministic when it is no such answer. */
export function resourcesOf(body: Buffer): Resource[] {
  const text = body.toString('utf8');
  if (/<!DOCTYPE|<!ENTITY/i.test(text.slice(0, 10_000))) throw refused('the answer declares entities; it is not read');
  const parsed: unknown = parser.parse(text);
  const status = child(parsed, 'multistatus');
  if (status === undefined) throw refused('the answer is no WebDAV answer; is this the address of a collection?');
  const responses = child(status, 'response');
  return (Array.isArray(responses) ? responses : []).flatMap(resourceOf);
}

function resourceOf(response: unknown): Resource[] {
  const stats = child(response, 'propstat');
  const found = (Array.isArray(stats) ? stats : []).find((one) => /\s2\d\d\s/.test(` ${textAt(one, 'status')} `));
  const prop = child(found, 'prop');
  const href = textAt(response, 'href').trim();
  if (prop === undefined || href === '') return [];
  return [
    {
      ...{
        href,
        etag: strong(textAt(prop, 'getetag').trim()),
        data: textAt(prop, 'calendar-data') || textAt(prop, 'address-data'),
      },
      ...{
        folder: child(child(prop, 'resourcetype'), 'collection') !== undefined,
        size: Number(textAt(prop, 'getcontentlength')) || 0,
      },
      changed: textAt(prop, 'getlastmodified').trim(),
    },
  ];
}
