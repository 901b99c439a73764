import type { CapabilityDef, FailureCategory, ToolDef } from '@reeve/kernel';
import type { z } from 'zod';

/** What a connector needs to open one tool. Paths in `config` are relative to `directory` and never leave it. */
export interface OpenContext {
  readonly tool: ToolDef;
  readonly capabilities: readonly CapabilityDef[];
  /** Where this tool keeps its data, inside the organisation's data directory. Created by the caller. */
  readonly directory: string;
  /** Files shipped with the pack (seeds, templates); read-only. */
  readonly packDirectory: string;
  /** Parent of the workspaces of cases, shared by all tools: `<workspaces>/C-1`. Absent: `workspaces` in `directory`. */
  readonly workspaces?: string;
  /** Folders that no program started by a tool may see: the ledger, keys, policies. */
  readonly hidden?: readonly string[];
  /**
   * The secret of that name, if this tool may have it for that seat, or undefined. Asked for at each call, so that a
   * rotated one is used at once; put where it is used, never into results, errors or logs [T14].
   */
  readonly secret?: (name: string, seat?: string) => Promise<string | undefined>;
}

/** One call. `key` is the operation's idempotency key: the same key must give one effect, whatever the attempt. */
export interface Call {
  readonly capability: CapabilityDef;
  readonly args: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly operation: string;
  /** The seat that asked for it. */
  readonly seat?: string;
  /** The case the operation belongs to, for tools with a workspace for each case. */
  readonly case?: string;
  readonly attempt: number;
  /** Milliseconds since the Unix epoch, from the runtime's clock. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Output of a running program as it comes, for who is watching; it is no record. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
}

export interface CallResult {
  /** Conforms to the capability's `returns`. */
  readonly value: Record<string, unknown>;
  /** Version of what was read or changed (row version, ETag, hash), when the tool knows one. */
  readonly version?: string;
  /** System-observed proof of the effect (R-E25), never the worker's word. */
  readonly evidence?: readonly { kind: string; ref: string; digest?: string }[];
}

/** A failed call, with what kind of failure it was (R-E55). Anything else thrown counts as `transient` with unknown outcome. */
export class ToolError extends Error {
  readonly category: FailureCategory;
  /** False only when it is certain that nothing happened; an uncertain outcome is reconciled, never retried blindly. */
  readonly uncertain: boolean;
  constructor(category: FailureCategory, message: string, options: { uncertain?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ToolError';
    this.category = category;
    this.uncertain = options.uncertain ?? false;
  }
}

/** Something that came in from outside: it opens a case, or goes on with one. Everything in it is a stranger's word. */
export interface Inbound {
  /** Unique and the same whenever the same thing is taken again: `mail:<id@host>`. */
  readonly id: string;
  readonly channel: 'email' | 'web' | 'phone' | 'chat' | 'api';
  /** Whose matter it is: an address in lower case, or an id. */
  readonly customer: string;
  readonly name?: string;
  readonly subject: string;
  readonly text: string;
  /** The case it answers, as far as this tool knows. */
  readonly case?: string;
  /** Key of the call that sent what it answers, as far as this tool knows. */
  readonly answers?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A request somebody sent to a tool, unread. Header names are in lower case. */
export interface HookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** An opened tool. */
export interface Tool {
  call(call: Call): Promise<CallResult>;
  /** After an unknown outcome of a `native-key` capability: the result if the effect under this key landed, else null. */
  lookup?(key: string, capability: CapabilityDef): Promise<CallResult | null>;
  /**
   * Take in what comes from outside until `signal` is aborted; for tools whose configuration asks for it. `take` answers
   * when the item is on the ledger, or rejects: then it is offered again later. Lost connections are made again.
   */
  watch?(take: (item: Inbound) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Judge a request to the tool's own address, and say what came in. @throws ToolError `governance` when it is not genuine. */
  receive?(request: HookRequest): Promise<Inbound>;
  /** Is the system behind it reachable? A sentence for `reeve doctor`. */
  health(): Promise<{ ok: boolean; message: string }>;
  close(): Promise<void>;
}

/** A kind of tool. Schemas are used when a pack is loaded, so that a wrong statement or path is found before anything is applied. */
export interface Connector {
  readonly id: string;
  readonly config: z.ZodType;
  readonly capabilityConfig: z.ZodType;
  /**
   * What the tool itself says it can do, for connectors whose capabilities are not written in the pack. `pack` is its folder.
   * @throws Error that says what is wrong with the tool's file.
   */
  derive?(tool: ToolDef, pack: string): Promise<CapabilityDef[]>;
  open(context: OpenContext): Promise<Tool>;
}
