import { type Client, createClient } from '@reeve/protocol';
import type { House } from '@reeve/server';

/** A client of a house in this process, without a network. */
export const talk = (house: House): { client: Client } => ({
  client: createClient({
    url: 'http://localhost',
    token: house.token,
    fetch: async (request) => house.app.fetch(request),
  }),
});
