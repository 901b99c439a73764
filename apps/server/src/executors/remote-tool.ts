import { type Call, type CallResult, type Tool, ToolError } from '@reeve/connectors/port';
import type { CapabilityDef, ToolDef } from '@reeve/kernel';
import type { OrderOutcome } from '@reeve/protocol';
import type { Orders } from './orders.ts';

/** A tool whose calls are made by remote executors. [SRV50] */
export function remoteTool(tool: ToolDef, orders: Orders): Tool {
  return {
    call: async ({ capability, args, key, operation, attempt, signal, case: about }: Call) => {
      const order = { ...orderOf(tool, capability, key), kind: 'call' as const, args, operation, attempt };
      const outcome = await orders.place({ ...order, ...(about === undefined ? {} : { case: about }) }, signal);
      const result = resultOf(outcome);
      if (result === null) throw new ToolError('transient', 'the executor reported no result', { uncertain: true });
      return result;
    },
    lookup: async (key: string, capability: CapabilityDef) => {
      const order = { ...orderOf(tool, capability, key), kind: 'lookup' as const, args: {}, operation: '', attempt: 0 };
      return resultOf(await orders.place(order, new AbortController().signal));
    },
    health: async () => {
      const ok = orders.waiting === 0;
      return { ok, message: ok ? 'called by remote executors' : `${orders.waiting} calls wait for an executor` };
    },
    close: async () => {},
  };
}

const orderOf = (tool: ToolDef, capability: CapabilityDef, key: string) => ({
  ...{ tool: tool.id, capability: capability.id, key, timeout: capability.timeout },
});

/** Null: a lookup found nothing. @throws ToolError as the executor's tool did. */
function resultOf(outcome: OrderOutcome): CallResult | null {
  if (outcome.outcome === 'none') return null;
  if (outcome.outcome === 'failed') {
    const { category, message, uncertain } = outcome.failure;
    throw new ToolError(category, message, { uncertain });
  }
  return outcome.result as CallResult;
}
