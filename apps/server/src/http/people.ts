/** `/answer/<token>`, beside the API: the pages behind the links in mails to people. No token of the API, and none in the log. */
import type { Context } from 'hono';
import { Refusal } from '../errors.ts';
import type { PeopleDesk } from '../people/desk.ts';
import type { Asked } from './handler.ts';
import { readBytes } from './input.ts';

const FORM = 'application/x-www-form-urlencoded';
/** Largest form, in bytes: 20,000 characters, each as many escaped bytes. */
const MOST = 250_000;

/** The address at the other end of the connection; '' without one. */
function addressOf(c: Context): string {
  const { from, incoming } = (c.env ?? {}) as Asked;
  return from ?? incoming?.socket?.remoteAddress ?? '';
}

function deskOf(people: PeopleDesk | null): PeopleDesk {
  if (people) return people;
  throw new Refusal('unavailable', 'nobody works here at the moment', 'start the organisation with `reeve up`');
}

export async function showAnswer(people: PeopleDesk | null, c: Context): Promise<Response> {
  return deskOf(people).show(c.req.param('token') ?? '', addressOf(c));
}

export async function takeAnswer(people: PeopleDesk | null, c: Context): Promise<Response> {
  const desk = deskOf(people);
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== FORM) throw new Refusal('wrong-type', `the body is ${type || 'of no stated type'}`, `send ${FORM}`);
  const bytes = await readBytes(c);
  if (bytes.byteLength > MOST) throw new Refusal('too-large', `the form has more than ${MOST} bytes`, 'write less');
  const text = new URLSearchParams(new TextDecoder().decode(bytes)).get('text') ?? '';
  return desk.answer(c.req.param('token') ?? '', addressOf(c), text);
}
