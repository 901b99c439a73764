/** Clients of many organisations that give up no request: it is sent again under its key, to any node, until it is answered. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiProblem, type Client, createClient } from '@reeve/protocol';
import type { NodeProcess } from './process.ts';

export const PACK = join(fileURLToPath(new URL('../..', import.meta.url)), 'packs/support');

interface Ticket {
  readonly subject: string;
  readonly text: string;
  readonly customer: string;
}

const tickets = readFileSync(join(PACK, 'tickets/tickets.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Ticket);

export interface LoadOptions {
  readonly nodes: readonly NodeProcess[];
  readonly tokenOf: (organisation: string) => string;
  /** Milliseconds between two cases of one organisation. */
  readonly pace: number;
  readonly random: () => number;
}

/** What one request waits for an answer at most, in milliseconds. */
const PATIENCE = 3000;
const PAUSE = 60;

export class Load {
  /** Organisation → request key → case. */
  readonly acknowledged = new Map<string, Map<string, string>>();
  readonly surprises: string[] = [];
  retries = 0;
  readonly #options: LoadOptions;
  #running = true;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get total(): number {
    return [...this.acknowledged.values()].reduce((sum, { size }) => sum + size, 0);
  }

  stop(): void {
    this.#running = false;
  }

  /** Opens one case after another until stopped. */
  async run(organisation: string): Promise<void> {
    const mine = new Map<string, string>();
    this.acknowledged.set(organisation, mine);
    for (let n = 0; this.#running; n++) {
      await this.#one(organisation, `load-${n}`, tickets[n % tickets.length]!, mine);
      await new Promise((resolve) => setTimeout(resolve, this.#options.pace * (0.5 + this.#options.random())));
    }
  }

  /** Milliseconds until the organisation answers a write; infinite after `giveUp`. */
  async probe(organisation: string, key: string, giveUp: number): Promise<number> {
    const since = performance.now();
    const mine = this.acknowledged.get(organisation) ?? new Map<string, string>();
    const late = new Promise<void>((resolve) => setTimeout(resolve, giveUp));
    await Promise.race([this.#one(organisation, key, tickets[0]!, mine), late]);
    return mine.has(key) ? performance.now() - since : Number.POSITIVE_INFINITY;
  }

  async #one(organisation: string, key: string, ticket: Ticket, mine: Map<string, string>): Promise<void> {
    const { subject, text, customer } = ticket;
    const body = { subject: `${subject} (${key})`, text, customer };
    while (this.#running) {
      try {
        const signal = AbortSignal.timeout(PATIENCE);
        const opened = await this.client(organisation).openCase(body, { idempotencyKey: key, signal });
        mine.set(key, opened.case);
        return;
      } catch (error) {
        if (error instanceof ApiProblem && !['unavailable', 'overloaded'].includes(error.code))
          this.surprises.push(`${organisation} ${key}: ${error.code}: ${error.detail}`);
        this.retries += 1;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  /** A client at any node that runs. */
  client(organisation: string): Client {
    const { nodes, random } = this.#options;
    const running = nodes.filter(({ alive }) => alive);
    return this.at(running[Math.floor(random() * running.length)] ?? nodes[0]!, organisation);
  }

  at(node: NodeProcess, organisation: string): Client {
    return createClient({ url: `${node.url}/o/${organisation}`, token: this.#options.tokenOf(organisation) });
  }
}
